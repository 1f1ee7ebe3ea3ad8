"""The port to the SMS provider, and its failures (chassis/jobs says what follows from each).

    Transient
    ├── SmsUnavailable        not reached, or busy: nothing has been sent
    ├── RetryAfter            the provider says how long to wait
    ├── Held
    │   └── SmsAccountRefused   we are refused, or the answer is not in the table: only an operator can help, so the message is kept
    └── OutcomeUnknown        no response: it may have been sent; the provider is asked before it is sent again
    Permanent
    └── SmsRefused            this message can never be sent: `code` says why

No error text contains an address or any part of a message, since errors reach the logs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.chassis.errors import Held, Permanent, Transient
from services.chassis.jobs import OutcomeUnknown
from services.notifications.messages.failures import Failures
from services.notifications.messages.receipts import Receipt

#: the roads: how an SMS may go, as `messages.road` and the tables name them
TWILIO, AWS = "twilio", "aws"


class SmsUnavailable(Transient):
    """The provider was not reached, or cannot accept SMS now."""


class SmsAccountRefused(Held):
    """We were refused, and not the message: credentials, sender, route, credit; or nobody knows what the answer means."""


class NoAnswer(OutcomeUnknown):
    """No response came; the request may have got through."""

    #: the provider may still be processing it: "not found" is believed only after this
    after_seconds = 5.0


class SmsRefused(Permanent):
    """The message can never be sent."""

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        super().__init__(f"{code}: {detail}")


FAILURES = Failures(SmsUnavailable, NoAnswer, SmsRefused, SmsAccountRefused, busy_seconds=5.0)


@dataclass(frozen=True, slots=True)
class Sms:
    """One SMS. `message_id`: our own; `valid_seconds`: how long delivery may still be attempted.

    `mask`: stands in the text for a secret that is not known any more; such an SMS can be found, but not sent.
    """

    to: str
    text: str
    message_id: str | None = None
    valid_seconds: int | None = None
    mask: str | None = None

    def is_text_of(self, body: str) -> bool:
        """Tell whether ``body`` ends in this text, with any word in place of the mask. Providers put sentences before it."""
        if self.mask is None:
            return body.endswith(self.text)
        pattern = r"\S+".join(re.escape(part) for part in self.text.split(self.mask))
        return re.search(rf"{pattern}\Z", body) is not None


class SmsProvider(Protocol):
    """Sends SMS. Raises only this module's failures."""

    def send(self, sms: Sms, *, timeout: float) -> str:
        """Send the SMS; return the provider's id."""

    def find(self, sms: Sms, *, since: datetime, timeout: float) -> list[str] | None:
        """Return the provider's ids of the SMS accepted since then with this text (`Sms.is_text_of`) and phone; None if it cannot be asked."""

    def receipt(self, provider_id: str, *, timeout: float) -> Receipt:
        """Return what the provider knows today of an SMS that it took."""

    def check(self, *, timeout: float) -> str:
        """Ask for our account, without sending anything; return in a few words what is well."""
