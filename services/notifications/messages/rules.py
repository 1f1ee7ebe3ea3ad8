"""The message: one text to one person by one channel.

::

    waiting ──▶ sent ──▶ delivered
       │          └────▶ failed ──▶ delivered
       └─▶ failed ──▶ sent            (given up, then retried by an operator)

A provider's reports may arrive in any order, late, or twice: each method records what is new and ignores the rest.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.aggregate import Aggregate
from services.chassis.database import Instant
from services.notifications.deadlines.facts import DeadlineMissed
from services.notifications.messages.catalogue import WITH_FIRST_PASSWORD
from services.notifications.messages.facts import (
    MessageDelivered,
    MessageFailed,
    MessageSent,
    PasswordDeliveryReported,
    named,
)
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
    #: dossier number, complaint number or account id: what support searches by
    ref: Mapped[str]
    status: Mapped[str]
    #: phone or e-mail; None after MESSAGE_KEEP_DAYS
    address: Mapped[str | None]
    #: what was sent, its secrets masked; None before it is sent and after MESSAGE_KEEP_DAYS
    text: Mapped[str | None]
    segments: Mapped[int | None]
    #: the provider's id of the message
    provider_id: Mapped[str | None]
    #: why it failed
    code: Mapped[str | None]
    #: a `catalogue.Urgency`; the facts and the API call it `clock`
    urgency: Mapped[str] = mapped_column("clock")
    deadline_at: Mapped[datetime | None] = mapped_column(Instant())
    #: the legal deadline, until the message is sent in time or `deadline_missed` is told
    watched_until: Mapped[datetime | None] = mapped_column(Instant())
    missed: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(Instant())
    sent_at: Mapped[datetime | None] = mapped_column(Instant())
    delivered_at: Mapped[datetime | None] = mapped_column(Instant())
    failed_at: Mapped[datetime | None] = mapped_column(Instant())
    #: when address and text are erased, before MESSAGE_KEEP_DAYS: the declaration has ended (`ending.py`)
    erase_at: Mapped[datetime | None] = mapped_column(Instant())
    erased_at: Mapped[datetime | None] = mapped_column(Instant())
    revision: Mapped[int]

    def mark_sent(self, *, at: datetime, provider_id: str, text: str | None = None, segments: int | None = None) -> None:
        """Record that a provider has accepted the message, as our job or a faster callback reports."""
        known_to_provider, had_failed = self.provider_id == provider_id, self.status == FAILED
        self.text = self.text or text
        self.segments = self.segments or segments
        self.provider_id = self.provider_id or provider_id
        if self.sent_at is not None:
            return
        self.sent_at = at
        # a failure that the provider reported for this very copy stands; our own (given up, then retried) is superseded
        if self.status == WAITING or (self.status == FAILED and not known_to_provider):
            self.status, self.code = SENT, None
        if self.deadline_at is not None and at <= self.deadline_at:
            self.watched_until = None
        self.tell(MessageSent(**named(self), sent_at=at, segments=self.segments))
        if had_failed and self.status == SENT:
            self._report_password(SENT, at=at)

    def mark_delivered(self, *, at: datetime) -> None:
        """Record that the message has arrived. This overrides an earlier report of failure: the person has it."""
        if self.status == DELIVERED:
            return
        had_failed = self.status == FAILED
        self.status, self.delivered_at, self.code = DELIVERED, at, None
        self.tell(MessageDelivered(**named(self), delivered_at=at))
        if had_failed:
            self._report_password(DELIVERED, at=at)

    def mark_failed(self, *, at: datetime, code: str) -> None:
        """Record that the message will not arrive; ignored once it has arrived."""
        if self.status in (DELIVERED, FAILED):
            return
        self.status, self.failed_at, self.code = FAILED, at, code
        self.tell(MessageFailed(**named(self), failed_at=at, code=code))
        self._report_password(FAILED, at=at, code=code)

    def _report_password(self, outcome: str, *, at: datetime, code: str | None = None) -> None:
        """Tell verification of a failure, or of its end, if this is the SMS with a first password (A2)."""
        if self.channel == "sms" and self.template in WITH_FIRST_PASSWORD:
            fact = PasswordDeliveryReported(dossier_no=self.ref, outcome=outcome, code=code, reported_at=at)
            self.tell(fact)

    def report_delivery(self, *, at: datetime, provider_id: str) -> None:
        """Record a provider's report of delivery; it also proves sending, should a crash have lost our own record of that."""
        self.mark_sent(at=at, provider_id=provider_id)
        self.mark_delivered(at=at)

    def report_failure(self, *, at: datetime, provider_id: str, code: str) -> None:
        """Record a provider's report that a copy is lost; the loss of a second copy says nothing about the first."""
        if self.provider_id in (None, provider_id):
            self.provider_id = provider_id
            self.mark_failed(at=at, code=code)

    def miss_deadline(self) -> None:
        """Tell `DeadlineMissed`, once: the legal deadline passed before the message was sent (2659 §1, §2)."""
        if self.deadline_at is None or self.missed:
            return
        self.missed, self.watched_until = True, None
        self.tell(DeadlineMissed(**named(self), deadline_at=self.deadline_at, clock=self.urgency))

    def erase(self, *, at: datetime) -> None:
        """Erase the address and the text; the record that it was sent stays."""
        self.address = self.text = None
        self.erased_at = at
