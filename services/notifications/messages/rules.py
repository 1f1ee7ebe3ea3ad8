"""The message: one text to one person by one channel.

::

    waiting ──▶ sent ──▶ delivered ◀──▶ failed
       │          └────▶ failed
       └─▶ failed ──▶ sent            (given up, then retried by an operator)

A provider's reports may arrive in any order, late, or twice: each method records what is new and ignores the rest. Later news corrects
earlier news only if it is better: a delivery corrects a loss; a loss corrects a delivery if it is the provider's last word (`certain`).
"""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.aggregate import Aggregate
from services.chassis.database import Instant
from services.notifications.deadlines.facts import DeadlineMissed
from services.notifications.messages.catalogue import WITH_FIRST_PASSWORD
from services.notifications.messages.codes import REPLACED, UNCONFIRMED
from services.notifications.messages.facts import (
    MessageDelivered,
    MessageFailed,
    MessageSent,
    PasswordDeliveryReported,
    named,
)
from services.notifications.messages.receipts import Receipt, first_question
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
    #: by which road an SMS went, or was last tried (`sms.port`); None: by Twilio, which was the only one
    road: Mapped[str | None]
    #: from when on an SMS that has not arrived counts as slow for its road (`roads`); when it was sent, if the answer itself was slow
    late_from: Mapped[datetime | None] = mapped_column(Instant())
    #: what an e-mail needs that tells the news of an SMS, should it fail (`fallback`): JSON; None: nobody has a proved address
    fallback: Mapped[str | None]
    #: why it failed, is held, or is in doubt (`unconfirmed`)
    code: Mapped[str | None]
    #: only an operator can help (docs/providers.md): since when it is held; None once it has been handed over or given up
    held_at: Mapped[datetime | None] = mapped_column(Instant())
    #: when the provider is asked what became of it, unless it has said so before; None: not at all
    receipt_due: Mapped[datetime | None] = mapped_column(Instant())
    receipts_asked: Mapped[int] = mapped_column(default=0, server_default="0")
    #: `delivered` or `failed` is the provider's last word
    certain: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
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
    #: when it was counted against its budgets: once, however often it is tried
    counted_at: Mapped[datetime | None] = mapped_column(Instant())
    revision: Mapped[int]

    def mark_sent(
        self,
        *,
        at: datetime,
        provider_id: str,
        road: str | None = None,
        text: str | None = None,
        segments: int | None = None,
        late_from: datetime | None = None,
    ) -> None:
        """Record that a provider has accepted the message, as our job or a faster callback reports."""
        known_to_provider, had_failed = self.provider_id == provider_id, self.status == FAILED or self.held_at is not None
        self.text = self.text or text
        self.segments = self.segments or segments
        self.late_from = self.late_from or late_from
        if self.provider_id is None:
            self.provider_id, self.road = provider_id, road or self.road
        if self.sent_at is not None:
            return
        self.sent_at = at
        # a failure that the provider reported for this very copy stands; our own (given up, then retried) is superseded
        if self.status == WAITING or (self.status == FAILED and not known_to_provider):
            self.status, self.code = SENT, None
            self.receipt_due = first_question(at, self.provider_id)
        self.held_at = None
        if self.deadline_at is not None and at <= self.deadline_at:
            self.watched_until = None
        self.tell(MessageSent(**named(self), sent_at=at, segments=self.segments))
        if had_failed and self.status == SENT:
            self._report_password(SENT, at=at)

    def hold(self, *, at: datetime, code: str) -> None:
        """Record that an operator must help before it can be sent (`Held`); nothing is lost."""
        if self.status != WAITING or (self.held_at is not None and self.code == code):
            return
        newly = self.held_at is None
        self.held_at, self.code = self.held_at or at, code
        if newly:
            self._report_password(FAILED, at=at, code=code, held=True)

    def mark_delivered(self, *, at: datetime) -> None:
        """Record that the message has arrived. This overrides an earlier report of failure: the person has it."""
        if self.status == DELIVERED:
            return
        had_failed = self.code is not None
        self.status, self.delivered_at, self.code, self.receipt_due = DELIVERED, at, None, None
        self.tell(MessageDelivered(**named(self), delivered_at=at))
        if had_failed:
            self._report_password(DELIVERED, at=at)

    def mark_failed(self, *, at: datetime, code: str, corrects: bool = False) -> None:
        """Record that the message will not arrive; ignored once it has arrived, unless this `corrects` that."""
        if self.status == FAILED or (self.status == DELIVERED and not corrects):
            return
        self.status, self.failed_at, self.code, self.delivered_at = FAILED, at, code, None
        self.held_at = self.receipt_due = None
        self.tell(MessageFailed(**named(self), failed_at=at, code=code))
        if code != REPLACED:
            self._report_password(FAILED, at=at, code=code)

    def _report_password(self, outcome: str, *, at: datetime, code: str | None = None, held: bool = False) -> None:
        """Tell verification of a failure, or of its end, if this is the SMS with a first password (A2)."""
        if self.channel == "sms" and self.template in WITH_FIRST_PASSWORD:
            self.tell(PasswordDeliveryReported(dossier_no=self.ref, outcome=outcome, code=code, held=held, reported_at=at))

    def take_receipt(self, receipt: Receipt, *, at: datetime, provider_id: str, road: str | None = None) -> None:
        """Record what a provider says of one of the copies; the loss of a second copy says nothing about the first."""
        if receipt.delivered:
            self._take_delivery(receipt, at, provider_id, road)
        elif receipt.code is not None and self._is_copy(provider_id, road):
            self._take_loss(receipt.code, receipt, at, provider_id)

    def _is_copy(self, provider_id: str, road: str | None) -> bool:
        """Tell whether this is the copy that counts: the one that we know of, or any of the road that was taken last."""
        if self.provider_id is None:
            return road is None or self.road in (None, road)
        return self.provider_id == provider_id

    def _take_delivery(self, receipt: Receipt, at: datetime, provider_id: str, road: str | None) -> None:
        """Record that a copy arrived; it also proves sending, should a crash have lost our own record of that."""
        if self.status == FAILED and self.provider_id == provider_id and self.certain and not receipt.certain:
            return  # older news than the provider's last word, come late
        self.mark_sent(at=at, provider_id=provider_id, road=road)
        self.mark_delivered(at=at)
        # the copy that arrived is the one whose loss would be news
        self.provider_id, self.road, self.certain = provider_id, road or self.road, receipt.certain

    def _take_loss(self, code: str, receipt: Receipt, at: datetime, provider_id: str) -> None:
        self.provider_id = provider_id
        if self.status == DELIVERED and not receipt.certain:
            if self.channel == "sms" and not self.certain:
                self.receipt_due = at  # an SMS is delivered or lost, and never both: the provider's own record decides
            return
        self.mark_failed(at=at, code=code, corrects=True)
        self.certain = receipt.certain

    def leave_unconfirmed(self, *, at: datetime) -> None:
        """Record that the provider was asked often enough: nobody will learn whether it arrived."""
        self.receipt_due = None
        if self.status == SENT and self.code is None:
            self.code = UNCONFIRMED
            self._report_password(FAILED, at=at, code=UNCONFIRMED)

    def miss_deadline(self) -> None:
        """Tell `DeadlineMissed`, once: the legal deadline passed before the message was sent (2659 §1, §2)."""
        if self.deadline_at is None or self.missed:
            return
        self.missed, self.watched_until = True, None
        self.tell(DeadlineMissed(**named(self), deadline_at=self.deadline_at, clock=self.urgency))

    def erase(self, *, at: datetime) -> None:
        """Erase the address and the text; the record that it was sent stays."""
        self.address = self.text = self.fallback = None
        self.erased_at = at
