"""Turn a fact into messages: one row and one job per channel, in the handler's transaction."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.chassis import clock, jobs
from services.chassis.calendar import calendar_of
from services.chassis.database import ServiceSession
from services.chassis.errors import OtherPerson
from services.chassis.facts import Reader
from services.chassis.recovery.table import restored_at
from services.chassis.resources import settings_of
from services.notifications.budgets.ranks import Origin, Rank
from services.notifications.deadlines.legal import deadline, legal_urgency
from services.notifications.deadlines.quiet_hours import not_before
from services.notifications.messages.catalogue import TEMPLATES, Template, Urgency
from services.notifications.messages.ending import ERASED_AFTER, erase_at_of
from services.notifications.messages.fallback import kept_for_email
from services.notifications.messages.rules import WAITING, Message
from services.notifications.messages.words import values_for
from services.notifications.settings import Settings

#: stands for the fact in the id of a message that is said once
_SAID_ONCE = uuid.UUID("6f1d3a52-86c4-5f0b-9d53-2a0c7e5b4f1e")
_M: Any = Message.__table__
# built once, on the table: it runs for every declaration and complaint. An erased address may be anybody's
_TOLD_ANOTHER = sa.select(
    sa.exists().where(
        _M.c.ref == sa.bindparam("ref", type_=sa.Text()),
        _M.c.template == sa.bindparam("template", type_=sa.Text()),
        _M.c.channel == sa.bindparam("channel", type_=sa.Text()),
        _M.c.address != sa.bindparam("address", type_=sa.Text()),
    )
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed secret, and the context it was sealed for; no box if the fact was told again after the box was handed over."""

    box: str | None
    context: str


def compose(
    session: ServiceSession,
    fact: Reader,
    template_name: str,
    *,
    ref: str,
    contact: Mapping[str, Any],
    values: Mapping[str, Any],
    sealed: Sealed | None = None,
    route: str | None = None,
    filing: str | None = None,
    complete_at: datetime | None = None,
    useless_after: datetime | None = None,
    document: Mapping[str, str] | None = None,
    among: str | None = None,
    fallback: str | None = None,
    proved: Collection[str] = (),
    origin: Origin | None = None,
    rank: Rank | None = None,
) -> None:
    """Add the message `template_name` to `contact`, once per fact however often it is read.

    A fact from before this database was restored may have been sent then: its job asks the provider first.

    :param ref: what support searches by: dossier number, complaint number or account id.
    :param contact: `phone` and `email`, either of which may be missing.
    :param values: the values for the templates: JSON values, days and moments.
    :param route, filing, complete_at: for a template with a legal deadline: which deadline, and from when it counts.
    :param useless_after: the message is not sent after this.
    :param document: `document_id`, `sha256` and `name` of the attachment.
    :param among: tells several recipients of one message apart, or what is said once each; None for a single one.
    :param proved: the channels whose address is the recipient's own, as somebody has proved: others get no words of a sender (`words`), and
        no document, which is full of them.
    :param fallback: a proved e-mail address of the person, which gets the news should an SMS fail that goes by no e-mail.
    :param origin, rank: where they are others than the template's.
    :raises OtherPerson: if the first message about this number went to another address.
    """
    template = TEMPLATES[template_name]
    urgency = legal_urgency(route, filing) if template.legal and route else template.urgency
    deadline_at = deadline(urgency, complete_at, lambda: calendar_of(session)) if complete_at else None
    written = {name: _json(value) for name, value in values.items()}
    payload: dict[str, Any] = {"template": template.name, "values": written}
    if origin is not None:
        payload["origin"] = origin.value
    if rank is not None:
        payload["rank"] = rank.name
    if sealed is not None:
        payload |= {"box": sealed.box, "context": sealed.context}
    if told_before := _before_restore(session, fact):
        payload["told_at"] = told_before.isoformat()
    if useless_after is not None:
        payload["expires_at"] = useless_after.isoformat()
    quiet_hours = settings_of(session, Settings).quiet_hours
    for channel, address in template.addresses(contact.get("phone"), contact.get("email")):
        of = _SAID_ONCE if template.once else fact.envelope.id
        part = ref if template.once and among is None else f"{ref}:{among}" if template.once else among
        id_, now = identity(of, template.name, channel, part), clock.now()
        if template.opens and session.scalar(
            _TOLD_ANOTHER, {"template": template.name, "channel": channel, "ref": ref, "address": address}
        ):
            raise OtherPerson(f"number of a {template.fact.split('.')[1].split('_')[0]}")
        put(
            session,
            Draft(id_, template, channel, address, ref, urgency, deadline_at, kept_for_email(template, payload, fallback)),
            _for_channel(payload, document, proved=channel in proved),
            run_after=not_before(quiet_hours, template, channel, id_, now),
            may_have_run=told_before is not None,
        )


def _for_channel(payload: Mapping[str, Any], document: Mapping[str, str] | None, *, proved: bool) -> dict[str, Any]:
    values = values_for(payload["values"], proved=proved)
    if document is None:
        return {**payload, "values": values}
    attached = {"document": dict(document)} if proved else {}
    return {**payload, "values": values | {"attached": proved}, **attached}


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be added. `fallback`: as `Message.fallback`."""

    id: uuid.UUID
    template: Template
    channel: str
    address: str
    ref: str
    urgency: Urgency
    deadline_at: datetime | None = None
    fallback: str | None = None


def put(
    session: Session,
    draft: Draft,
    payload: Mapping[str, Any],
    *,
    run_after: datetime | None = None,
    may_have_run: bool = False,
) -> None:
    """Add the row of a message, unless it is there, and the job that sends it."""
    now = clock.now()
    row = {
        "id": draft.id,
        "template": draft.template.name,
        "channel": draft.channel,
        "ref": draft.ref,
        "status": WAITING,
        "address": draft.address,
        "clock": draft.urgency.value,
        "deadline_at": draft.deadline_at,
        "watched_until": draft.deadline_at,
        "missed": False,
        "created_at": now,
        "erase_at": now + ERASED_AFTER,
        "fallback": draft.fallback,
        "revision": 0,
    }
    session.execute(_insert_unless_there(session.get_bind().dialect.name, tuple(row)), row)
    jobs.add(
        session,
        draft.template.job_kind(draft.channel),
        {**payload, "to": draft.address},
        key=str(draft.id),
        run_after=run_after,
        correlation_id=draft.ref,
        may_have_run=may_have_run,
    )


def identity(fact_id: uuid.UUID, template: str, channel: str, among: str | None = None) -> uuid.UUID:
    """Return the id of the message for this fact, template and recipient: always the same."""
    return uuid.uuid5(fact_id, f"{template}:{channel}" + (f":{among}" if among else ""))


def _before_restore(session: ServiceSession, fact: Reader) -> datetime | None:
    """Return when the fact was told, if that was before this database was restored; else None."""
    restored = restored_at(session)
    if restored is None:
        return None
    try:
        told = datetime.fromisoformat(fact.envelope.time)
    except ValueError:
        return restored
    return told if told < restored else None


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


@cache
def _insert_unless_there(dialect: str, columns: tuple[str, ...]) -> Any:
    """Build the statement, once: building costs more than running."""
    table: Any = Message.__table__
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    # columns are named explicitly: taken from the row, SQLAlchemy would treat it as an insert of many rows
    values: dict[str, Any] = {name: sa.bindparam(name, type_=table.c[name].type) for name in columns}
    values["erase_at"] = erase_at_of(values["ref"], values["erase_at"])
    return insert.values(values).on_conflict_do_nothing(index_elements=[table.c.id])
