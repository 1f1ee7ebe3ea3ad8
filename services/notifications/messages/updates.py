"""Hand-written statements for speed: the two changes that nearly every message goes through, each in one round trip.

They do exactly what the methods of `Message` do, or nothing; in that case the caller locks the row and uses the methods.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.bus import outbox
from services.chassis.database import Instant
from services.chassis.facts import Fact
from services.notifications.messages.facts import MessageDelivered, MessageSent, named
from services.notifications.messages.receipts import first_question
from services.notifications.messages.rules import DELIVERED, SENT, WAITING, Message


def mark_sent_if_waiting(
    session: Session,
    message_id: uuid.UUID,
    *,
    at: datetime,
    provider_id: str,
    road: str | None,
    text: str | None,
    segments: int | None,
    late_from: datetime | None,
) -> bool:
    """Mark a message as sent if it is waiting and no provider has reported on it. Return whether it was marked."""
    new: dict[str, Any] = {"new_at": at, "new_provider_id": provider_id, "new_text": text, "new_segments": segments}
    new |= {"new_road": road, "new_late_from": late_from, "new_receipt_due": first_question(at, provider_id)}
    row = session.execute(_MARK_SENT, {"of": message_id, **new}).one_or_none()
    if row is not None:
        _tell(session, row, MessageSent(**named(row), sent_at=at, segments=segments))
    return row is not None


def mark_delivered_if_sent(session: Session, message_id: uuid.UUID, *, at: datetime, provider_id: str) -> bool:
    """Mark a message as delivered if it is sent, and this is the copy that we know. Return whether it was marked."""
    row = session.execute(_MARK_DELIVERED, {"of": message_id, "new_at": at, "known_id": provider_id}).one_or_none()
    if row is not None:
        _tell(session, row, MessageDelivered(**named(row), delivered_at=at))
    return row is not None


def is_known_as_sent(session: Session, message_id: uuid.UUID) -> bool | None:
    """Tell whether the message is recorded as sent, with a provider's id; None if there is no such message."""
    row = session.execute(_KNOWN, {"of": message_id}).one_or_none()
    return None if row is None else row.sent_at is not None and row.provider_id is not None


def lock_message(session: Session, message_id: uuid.UUID) -> Message | None:
    """Return the message, locked until the transaction ends: its job, a callback and a sweep may compete for it."""
    return session.scalar(_LOCK, {"id": message_id})


def _tell(session: Session, row: sa.Row[Any], fact: Fact) -> None:
    outbox.record(session, fact, revision=row.revision, correlation_id=row.ref)


# Built once, on the table rather than the class: it runs at a third of the cost.
_T: Any = Message.__table__
_AT = sa.bindparam("new_at", type_=Instant())


def _update(before: str, *also: sa.ColumnElement[bool], **changes: Any) -> Any:
    change = sa.update(_T).where(_T.c.id == sa.bindparam("of", type_=_T.c.id.type), _T.c.status == before, *also)
    values = {"revision": _T.c.revision + 1, **changes}
    return change.values(values).returning(_T.c.id, _T.c.template, _T.c.channel, _T.c.ref, _T.c.revision)


_MARK_SENT = _update(
    WAITING,
    _T.c.sent_at.is_(None),
    _T.c.provider_id.is_(None),
    # one that was held has to be told of
    _T.c.held_at.is_(None),
    status=SENT,
    sent_at=_AT,
    provider_id=sa.bindparam("new_provider_id", type_=sa.Text()),
    text=sa.bindparam("new_text", type_=sa.Text()),
    segments=sa.bindparam("new_segments", type_=sa.Integer()),
    road=sa.bindparam("new_road", type_=sa.Text()),
    late_from=sa.bindparam("new_late_from", type_=Instant()),
    receipt_due=sa.bindparam("new_receipt_due", type_=Instant()),
    watched_until=sa.case((_T.c.deadline_at >= _AT, sa.null()), else_=_T.c.watched_until),
)
_MARK_DELIVERED = _update(
    SENT,
    _T.c.provider_id == sa.bindparam("known_id", type_=sa.Text()),
    # one that was in doubt has to be told of
    _T.c.code.is_(None),
    status=DELIVERED,
    delivered_at=_AT,
    receipt_due=sa.null(),
)
_KNOWN = sa.select(_T.c.sent_at, _T.c.provider_id).where(_T.c.id == sa.bindparam("of", type_=_T.c.id.type))
_LOCK = sa.select(Message).where(Message.id == sa.bindparam("id")).with_for_update()
