"""From a fact to messages: one row and one delivery job for each channel, in the handler's transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.chassis import clock, jobs
from services.chassis.facts import Reader
from services.notifications import clocks
from services.notifications.messages import TEMPLATES, Clock, Template, addresses
from services.notifications.model import WAITING, Message

#: job kinds: one-time codes have their own, so that a flood of other SMS never delays them
OTP, SMS, EMAIL = "otp", "sms", "email"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A secret's box, and what it was sealed for."""

    box: str
    context: str


def compose(
    session: Session,
    fact: Reader,
    template_name: str,
    *,
    ref: str,
    contact: Mapping[str, Any],
    values: Mapping[str, Any],
    sealed: Sealed | None = None,
    route: str | None = None,
    complete_at: datetime | None = None,
    expires_at: datetime | None = None,
    document: Mapping[str, str] | None = None,
    among: str | None = None,
) -> list[uuid.UUID]:
    """Have `template_name` sent to `contact`. The same fact makes each message once. Returns the messages' ids.

    :param ref: what people ask for it by: dossier number, complaint number or account id.
    :param contact: `phone` and `email`, either of which may be missing.
    :param values: what the texts are filled with, as JSON values.
    :param route, complete_at: of a template under a legal clock: which one, and when it began.
    :param expires_at: the message is not sent after this.
    :param document: `document_id`, `sha256` and `name` of what is attached.
    :param among: which one of several people who get this message of this fact; None if there is one.
    """
    template = TEMPLATES[template_name]
    which = clocks.legal_clock(route) if template.legal and route else template.clock
    deadline_at = clocks.deadline(which, complete_at) if complete_at else None
    payload: dict[str, Any] = {"template": template.name, "values": dict(values)}
    if sealed is not None:
        payload |= {"box": sealed.box, "context": sealed.context}
    if expires_at is not None:
        payload["expires_at"] = expires_at.isoformat()
    if document is not None:
        payload["document"] = dict(document)
    made = []
    for channel, address in addresses(template, contact.get("phone"), contact.get("email")):
        id_ = identity(fact.envelope.id, template.name, channel, among)
        now = clock.now()
        _insert(session, id_, template, channel, address, ref=ref, which=which, deadline_at=deadline_at, now=now)
        jobs.add(
            session,
            kind_of(template, channel),
            payload | {"to": address},
            key=str(id_),
            run_after=clocks.not_before(template, channel, id_, now),
            correlation_id=ref,
        )
        made.append(id_)
    return made


_MESSAGES: Any = Message.__table__
#: what a new message's row holds
_NEW = (
    *("id", "template", "channel", "ref", "status", "address", "clock", "deadline_at", "watched_until", "missed"),
    *("created_at", "revision"),
)


def identity(fact_id: uuid.UUID, template: str, channel: str, among: str | None = None) -> uuid.UUID:
    """The id of the message that this fact leads to: always the same one."""
    return uuid.uuid5(fact_id, f"{template}:{channel}" + (f":{among}" if among else ""))


def kind_of(template: Template, channel: str) -> str:
    """The job kind that delivers it."""
    return OTP if template.clock is Clock.OTP else SMS if channel == "sms" else EMAIL


def _insert(
    session: Session,
    id_: uuid.UUID,
    template: Template,
    channel: str,
    address: str,
    *,
    ref: str,
    which: Clock,
    deadline_at: datetime | None,
    now: datetime,
) -> None:
    row = {
        "id": id_,
        "template": template.name,
        "channel": channel,
        "ref": ref,
        "status": WAITING,
        "address": address,
        "clock": which.value,
        "deadline_at": deadline_at,
        "watched_until": deadline_at,
        "missed": False,
        "created_at": now,
        "revision": 0,
    }
    session.execute(_insert_unless_there(session.get_bind().dialect.name == "postgresql"), row)


@cache
def _insert_unless_there(on_postgresql: bool) -> Any:
    """Put together once: that costs more than running it."""
    insert = postgresql.insert(_MESSAGES) if on_postgresql else sqlite.insert(_MESSAGES)
    # the columns are named, and not taken from the row given: then SQLAlchemy would know this as an insert of many rows
    values = {name: sa.bindparam(name, type_=_MESSAGES.c[name].type) for name in _NEW}
    return insert.values(values).on_conflict_do_nothing(index_elements=[_MESSAGES.c.id])
