"""The port to whoever carries SMS, and how its failures are told (chassis/jobs says what follows from each).

    Transient
    ├── SmsUnavailable        not reached, or busy: nothing has been sent
    ├── SmsAccountRefused     our account or its credit is refused: nothing but an operator helps, so messages wait for one
    ├── RetryAfter            the provider says how long to wait
    └── OutcomeUnknown        no answer came: it may have been sent; asked about before it is sent again
    Permanent
    └── SmsRefused            this message will never go: `code` says why

No text of these holds an address or a word of a message: errors reach logs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.chassis.errors import Permanent, Transient
from services.chassis.jobs import OutcomeUnknown

#: what `message_failed` may say of an SMS; callbacks and refusals use the same words
INVALID_NUMBER, UNREACHABLE_NUMBER, UNSUBSCRIBED = "invalid_number", "unreachable_number", "unsubscribed"
FILTERED, NOT_ROUTED, REFUSED, EXPIRED, NO_PROVIDER = "filtered", "not_routed", "refused", "expired", "no_provider"


class SmsUnavailable(Transient):
    """Not reached, or not able just now."""


class SmsAccountRefused(Transient):
    """Credentials, rights or credit of our account."""

    after_seconds = 120.0


class NoAnswer(OutcomeUnknown):
    """The request may have got through."""

    #: the provider may still be at it: only after this is "not there" an answer
    after_seconds = 5.0


class SmsRefused(Permanent):
    """The message will never go."""

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        super().__init__(f"{code}: {detail}")


@dataclass(frozen=True, slots=True)
class Sms:
    """One SMS. `callback_url` is told what becomes of it; `valid_seconds`: after that it is not to be delivered any more."""

    to: str
    text: str
    callback_url: str | None = None
    valid_seconds: int | None = None


class SmsProvider(Protocol):
    """Hands over SMS. Every failure is one of the module's."""

    def send(self, sms: Sms, *, timeout: float) -> str:
        """Hand it over; the provider's id of it."""

    def find(self, sms: Sms, *, since: datetime, timeout: float) -> list[str]:
        """The provider's ids of what it has taken since then with this very text to this very phone."""


class NoSms:
    """No provider: every SMS is refused, where people see it."""

    def send(self, sms: Sms, *, timeout: float) -> str:
        raise SmsRefused(NO_PROVIDER, "SMS_PROVIDER is none")

    def find(self, sms: Sms, *, since: datetime, timeout: float) -> list[str]:
        return []
