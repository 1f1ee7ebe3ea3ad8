"""A message: what becomes of one text on its way to one person by one channel."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from services.chassis.bus import outbox
from services.chassis.database import Instant
from services.chassis.facts import Fact
from services.notifications.events import DeadlineMissed, MessageDelivered, MessageFailed, MessageSent

WAITING, SENT, DELIVERED, FAILED = "waiting", "sent", "delivered", "failed"


class Base(DeclarativeBase):
    """The service's own tables."""


class Message(Base):
    """One message. Its life: waiting → sent → delivered | failed; a provider's word may come in any order, or twice."""

    __tablename__ = "messages"

    #: made from the fact, the template and the channel, so that a fact read twice makes no second message
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    template: Mapped[str]
    channel: Mapped[str]
    #: the dossier number, complaint number or account id that people ask by
    ref: Mapped[str]
    status: Mapped[str]
    #: phone or e-mail; None after MESSAGE_KEEP_DAYS
    address: Mapped[str | None]
    #: what was sent, its secrets masked; None before hand-over and after MESSAGE_KEEP_DAYS
    text: Mapped[str | None]
    segments: Mapped[int | None]
    #: the provider's own id of it
    provider_id: Mapped[str | None]
    code: Mapped[str | None]
    clock: Mapped[str]
    deadline_at: Mapped[datetime | None] = mapped_column(Instant())
    #: the deadline, as long as it can still be missed without having been told
    watched_until: Mapped[datetime | None] = mapped_column(Instant())
    missed: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(Instant())
    sent_at: Mapped[datetime | None] = mapped_column(Instant())
    delivered_at: Mapped[datetime | None] = mapped_column(Instant())
    failed_at: Mapped[datetime | None] = mapped_column(Instant())
    erased_at: Mapped[datetime | None] = mapped_column(Instant())
    revision: Mapped[int]

    def handed_over(
        self, session: Session, *, at: datetime, provider_id: str, text: str | None, segments: int | None
    ) -> None:
        """A provider has taken it. Said again (by the job, and by a callback that was faster) it changes nothing."""
        heard_of = self.provider_id == provider_id
        self.text = self.text or text
        self.segments = self.segments or segments
        self.provider_id = self.provider_id or provider_id
        if self.sent_at is not None:
            return
        self.sent_at = at
        # a failure that the provider has told of this very copy stays; one of ours (given up, and brought back) is over
        if self.status == WAITING or (self.status == FAILED and not heard_of):
            self.status, self.code = SENT, None
        if self.deadline_at is not None and at <= self.deadline_at:
            self.watched_until = None
        self._tell(session, MessageSent, sent_at=at, segments=self.segments)

    def delivered(self, session: Session, *, at: datetime) -> None:
        """It has arrived. Stronger than an earlier word of failure: it is with the person."""
        if self.status == DELIVERED:
            return
        self.status, self.delivered_at, self.code = DELIVERED, at, None
        self._tell(session, MessageDelivered, delivered_at=at)

    def failed(self, session: Session, *, at: datetime, code: str) -> None:
        """It will not arrive. Not believed of what has arrived."""
        if self.status in (DELIVERED, FAILED):
            return
        self.status, self.failed_at, self.code = FAILED, at, code
        self._tell(session, MessageFailed, failed_at=at, code=code)

    def miss_deadline(self, session: Session) -> None:
        """The legal clock ran out before hand-over (2659 §1, §2). Told once."""
        if self.deadline_at is None or self.missed:
            return
        self.missed, self.watched_until = True, None
        self._tell(session, DeadlineMissed, deadline_at=self.deadline_at, clock=self.clock)

    def erase(self, *, at: datetime) -> None:
        """Forget whom it went to and what it said; that it was sent stays known."""
        self.address = self.text = None
        self.erased_at = at

    def _tell(self, session: Session, fact: type[Fact], **values: object) -> None:
        self.revision += 1
        _record(session, fact, self, **values)


def _record(session: Session, fact: type[Fact], of: Message | sa.Row[Any], **values: object) -> None:
    told = fact(message_id=str(of.id), template=of.template, channel=of.channel, **values)  # type: ignore[call-arg]  # each fact has fields of its own
    outbox.record(session, told, revision=of.revision, correlation_id=of.ref)


# The two steps that nearly every message takes, as one statement each; `False`: the row's own methods have to decide.


def usually_sent(
    session: Session, message_id: uuid.UUID, *, at: datetime, provider_id: str, text: str | None, segments: int | None
) -> bool:
    """`handed_over` of a message that waits and of which nothing has been heard. `False` without a change: it is not so."""
    new = {"new_at": at, "new_provider_id": provider_id, "new_text": text, "new_segments": segments}
    told = session.execute(_TO_SENT, {"of": message_id, **new}).one_or_none()
    if told is not None:
        _record(session, MessageSent, told, sent_at=at, segments=segments)
    return told is not None


def usually_delivered(session: Session, message_id: uuid.UUID, *, at: datetime) -> bool:
    """`delivered` of a message that has been handed over. `False` without a change: it is not so."""
    told = session.execute(_TO_DELIVERED, {"of": message_id, "new_at": at}).one_or_none()
    if told is not None:
        _record(session, MessageDelivered, told, delivered_at=at)
    return told is not None


_T: Any = Message.__table__
_AT = sa.bindparam("new_at", type_=Instant())


def _step(before: str, *also: sa.ColumnElement[bool], **changes: Any) -> Any:
    """Statements are put together once: with the table, not the class, they cost a third."""
    change = sa.update(_T).where(_T.c.id == sa.bindparam("of", type_=_T.c.id.type), _T.c.status == before, *also)
    values = {"revision": _T.c.revision + 1, **changes}
    return change.values(values).returning(_T.c.id, _T.c.template, _T.c.channel, _T.c.ref, _T.c.revision)


_TO_SENT = _step(
    WAITING,
    _T.c.sent_at.is_(None),
    _T.c.provider_id.is_(None),
    status=SENT,
    sent_at=_AT,
    provider_id=sa.bindparam("new_provider_id", type_=sa.Text()),
    text=sa.bindparam("new_text", type_=sa.Text()),
    segments=sa.bindparam("new_segments", type_=sa.Integer()),
    watched_until=sa.case((_T.c.deadline_at >= _AT, sa.null()), else_=_T.c.watched_until),
)
_TO_DELIVERED = _step(SENT, _T.c.provider_id.is_not(None), status=DELIVERED, delivered_at=_AT)

_KNOWN = sa.select(_T.c.sent_at, _T.c.provider_id).where(_T.c.id == sa.bindparam("of", type_=_T.c.id.type))


def known_as_sent(session: Session, message_id: uuid.UUID) -> bool | None:
    """Whether it is known to have been handed over, and under which id; None if there is no such message."""
    row = session.execute(_KNOWN, {"of": message_id}).one_or_none()
    return None if row is None else row.sent_at is not None and row.provider_id is not None


_LOCKED = sa.select(Message).where(Message.id == sa.bindparam("id")).with_for_update()


def locked(session: Session, message_id: uuid.UUID) -> Message | None:
    """The message, held until the transaction ends: the job, a callback and a sweep may all be at it."""
    return session.scalar(_LOCKED, {"id": message_id})
