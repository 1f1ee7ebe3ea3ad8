"""A message: what becomes of one text on its way to one person by one channel."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from services.chassis.bus import outbox
from services.chassis.facts import Fact
from services.chassis.instant import Instant
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
        told = fact(message_id=str(self.id), template=self.template, channel=self.channel, **values)  # type: ignore[call-arg]
        outbox.record(session, told, revision=self.revision, correlation_id=self.ref)


_LOCKED = sa.select(Message).where(Message.id == sa.bindparam("id")).with_for_update()


def locked(session: Session, message_id: uuid.UUID) -> Message | None:
    """The message, held until the transaction ends: the job, a callback and a sweep may all be at it."""
    return session.scalar(_LOCKED, {"id": message_id})
