"""Providers without a network; they keep the ports' suites like the real ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from services.chassis import clock
from services.notifications.mail.port import Mail
from services.notifications.messages.receipts import PENDING, Receipt
from services.notifications.sms.port import Sms


@dataclass
class FakeSms:
    """`faults` are raised by the next sends, each once; `lost_answers`: the next ones are taken, and then raise."""

    taken: list[tuple[str, datetime, Sms]] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    lost_answers: list[Exception] = field(default_factory=list)
    looked: int = 0
    #: its list shows nothing: late, or with masked texts
    hides: bool = False
    #: it has no look-up at all
    asked_in_vain: bool = False
    #: what the provider knows by its id, and how often it was asked
    receipts: dict[str, Receipt] = field(default_factory=dict)
    asked: int = 0

    def receipt(self, provider_id: str, *, timeout: float) -> Receipt:
        self.asked += 1
        return self.receipts.get(provider_id, PENDING)

    def send(self, sms: Sms, *, timeout: float) -> str:
        if self.faults:
            raise self.faults.pop(0)
        sid = f"{'AW' if self.asked_in_vain else 'SM'}{len(self.taken):032d}"
        self.taken.append((sid, clock.now(), sms))
        if self.lost_answers:
            raise self.lost_answers.pop(0)
        return sid

    def check(self, *, timeout: float) -> str:
        return "a fake"

    def find(self, sms: Sms, *, since: datetime, timeout: float) -> list[str] | None:
        self.looked += 1
        if self.asked_in_vain:
            return None
        if self.hides:
            return []
        return [sid for sid, at, one in self.taken if one.to == sms.to and sms.is_text_of(one.text) and at >= since]

    @property
    def texts(self) -> list[str]:
        return [sms.text for _, _, sms in self.taken]


@dataclass
class FakeMail:
    """Likewise."""

    taken: list[Mail] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    lost_answers: list[Exception] = field(default_factory=list)
    #: the ids of the next ones, if they are the provider's own, and what it knows of them
    ids: list[str] = field(default_factory=list)
    receipts: dict[str, Receipt] = field(default_factory=dict)

    def receipt(self, provider_id: str, *, timeout: float) -> Receipt:
        return self.receipts.get(provider_id, PENDING)

    def check(self, *, timeout: float) -> str:
        return "a fake"

    def send(self, mail: Mail, *, timeout: float) -> str:
        if self.faults:
            raise self.faults.pop(0)
        self.taken.append(mail)
        if self.lost_answers:
            raise self.lost_answers.pop(0)
        return self.ids.pop(0) if self.ids else f"<{mail.message_id}@fake>"
