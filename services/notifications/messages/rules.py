"""The message: one text on its way to one person by one channel.

::

    waiting ──▶ sent ──▶ delivered
       │          └────▶ failed ──▶ delivered
       └─▶ failed ──▶ sent            (given up, and brought back by an operator)

A provider's reports may come in any order, late, or twice: each method takes what is news and ignores the rest.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.aggregate import Aggregate
from services.chassis.database import Instant
from services.notifications.deadlines.facts import DeadlineMissed
from services.notifications.messages.facts import MessageDelivered, MessageFailed, MessageSent, named
from services.notifications.schema import Base

WAITING, SENT, DELIVERED, FAILED = "waiting", "sent", "delivered", "failed"


class Message(Aggregate, Base):
    """One message."""

    __tablename__ = "messages"
    correlation = "ref"

    #: derived from the fact, the template and the channel (`compose.identity`): a fact read twice makes no second message
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    template: Mapped[str]
    channel: Mapped[str]
    #: the dossier number, complaint number or account id that people ask by
    ref: Mapped[str]
    status: Mapped[str]
    #: phone or e-mail; None after MESSAGE_KEEP_DAYS
    address: Mapped[str | None]
    #: what was sent, its secrets masked; None before it is sent and after MESSAGE_KEEP_DAYS
    text: Mapped[str | None]
    segments: Mapped[int | None]
    #: the provider's own id of it
    provider_id: Mapped[str | None]
    #: why it failed
    code: Mapped[str | None]
    #: a `catalogue.Urgency`; the facts and the API call it `clock`
    urgency: Mapped[str] = mapped_column("clock")
    deadline_at: Mapped[datetime | None] = mapped_column(Instant())
    #: the deadline, while it can still be missed without having been told
    watched_until: Mapped[datetime | None] = mapped_column(Instant())
    missed: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(Instant())
    sent_at: Mapped[datetime | None] = mapped_column(Instant())
    delivered_at: Mapped[datetime | None] = mapped_column(Instant())
    failed_at: Mapped[datetime | None] = mapped_column(Instant())
    erased_at: Mapped[datetime | None] = mapped_column(Instant())
    revision: Mapped[int]

    def mark_sent(self, *, at: datetime, provider_id: str, text: str | None = None, segments: int | None = None) -> None:
        """Record that a provider has taken it, as our job or a faster callback says."""
        known_to_provider = self.provider_id == provider_id
        self.text = self.text or text
        self.segments = self.segments or segments
        self.provider_id = self.provider_id or provider_id
        if self.sent_at is not None:
            return
        self.sent_at = at
        # a failure that the provider has reported of this very copy stands; one of ours (given up, brought back) is over
        if self.status == WAITING or (self.status == FAILED and not known_to_provider):
            self.status, self.code = SENT, None
        if self.deadline_at is not None and at <= self.deadline_at:
            self.watched_until = None
        self.tell(MessageSent(**named(self), sent_at=at, segments=self.segments))

    def mark_delivered(self, *, at: datetime) -> None:
        """Record that it has arrived. This outweighs an earlier report of failure: the person has it."""
        if self.status == DELIVERED:
            return
        self.status, self.delivered_at, self.code = DELIVERED, at, None
        self.tell(MessageDelivered(**named(self), delivered_at=at))

    def mark_failed(self, *, at: datetime, code: str) -> None:
        """Record that it will not arrive. Of what has arrived this is not believed."""
        if self.status in (DELIVERED, FAILED):
            return
        self.status, self.failed_at, self.code = FAILED, at, code
        self.tell(MessageFailed(**named(self), failed_at=at, code=code))

    def report_delivery(self, *, at: datetime, provider_id: str) -> None:
        """Take a provider's word that it has arrived; it was sent, even if our own word of that was lost in a crash."""
        self.mark_sent(at=at, provider_id=provider_id)
        self.mark_delivered(at=at)

    def report_failure(self, *, at: datetime, provider_id: str, code: str) -> None:
        """Take a provider's word that a copy is lost; the loss of a second copy says nothing about the first."""
        if self.provider_id in (None, provider_id):
            self.provider_id = provider_id
            self.mark_failed(at=at, code=code)

    def miss_deadline(self) -> None:
        """Tell, once, that the legal clock ran out before it was sent (2659 §1, §2)."""
        if self.deadline_at is None or self.missed:
            return
        self.missed, self.watched_until = True, None
        self.tell(DeadlineMissed(**named(self), deadline_at=self.deadline_at, clock=self.urgency))

    def erase(self, *, at: datetime) -> None:
        """Forget whom it went to and what it said; that it was sent stays known."""
        self.address = self.text = None
        self.erased_at = at
