"""The port to whoever carries SMS, and its failures (chassis/jobs says what follows from each).

    Transient
    ├── SmsUnavailable        not reached, or busy: nothing has been sent
    ├── SmsAccountRefused     our account or its credit is refused: nothing but an operator helps, so messages wait for one
    ├── RetryAfter            the provider says how long to wait
    └── OutcomeUnknown        no answer came: it may have been sent; asked about before it is sent again
    Permanent
    └── SmsRefused            this message will never go: `code` says why

No error text holds an address or a word of a message: errors reach logs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.chassis.errors import Permanent, Transient
from services.chassis.jobs import OutcomeUnknown
from services.notifications.messages.codes import NO_PROVIDER


class SmsUnavailable(Transient):
    """Not reached, or unable just now."""


class SmsAccountRefused(Transient):
    """Our account: its credentials, rights or credit."""

    after_seconds = 120.0


class NoAnswer(OutcomeUnknown):
    """No answer came; the request may have got through."""

    #: the provider may still be working on it: only after this may "not found" be believed
    after_seconds = 5.0


class SmsRefused(Permanent):
    """The message will never go."""

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        super().__init__(f"{code}: {detail}")


@dataclass(frozen=True, slots=True)
class Sms:
    """One SMS. `callback_url`: where the provider reports; `valid_seconds`: how long it may still be delivered."""

    to: str
    text: str
    callback_url: str | None = None
    valid_seconds: int | None = None


class SmsProvider(Protocol):
    """Sends SMS. Every failure is one of this module's."""

    def send(self, sms: Sms, *, timeout: float) -> str:
        """Hand it over; return the provider's id of it."""

    def find(self, sms: Sms, *, since: datetime, timeout: float) -> list[str]:
        """Return the provider's ids of what it has taken since then with this very text to this very phone."""


class NoSms:
    """No provider: every SMS is refused, for people to see."""

    def send(self, sms: Sms, *, timeout: float) -> str:
        raise SmsRefused(NO_PROVIDER, "SMS_PROVIDER is none")

    def find(self, sms: Sms, *, since: datetime, timeout: float) -> list[str]:
        return []
