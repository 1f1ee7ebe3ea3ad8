"""The port to the e-mail provider, and its failures.

    Transient
    ├── MailUnavailable      not reached, or busy: nothing has been sent
    ├── RetryAfter           the provider says how long to wait
    ├── Held
    │   └── MailAccountRefused   we are refused, or the answer is not in the table: only an operator can help, so the message is kept
    └── OutcomeUnknown       no response after the text was transmitted: it may have been sent
    Permanent
    └── MailRefused          this message can never be sent: `code` says why

No error text contains an address or any part of a message, since errors reach the logs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from services.chassis.errors import Held, Permanent, Transient
from services.chassis.jobs import OutcomeUnknown
from services.notifications.messages.codes import NO_PROVIDER
from services.notifications.messages.failures import Failures
from services.notifications.messages.receipts import PENDING, Receipt

#: the tag with which SES events identify our message
TAG = "message"


class MailUnavailable(Transient):
    """The provider was not reached, or cannot accept mail now."""


class MailAccountRefused(Held):
    """We were refused, and not the message: credentials, sender, a block list; or nobody knows what the answer means."""


class NoAnswer(OutcomeUnknown):
    """No response came after the text was transmitted."""

    after_seconds = 5.0


class MailRefused(Permanent):
    """The message can never be sent."""

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        super().__init__(f"{code}: {detail}")


FAILURES = Failures(MailUnavailable, NoAnswer, MailRefused, MailAccountRefused)


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attached file."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail. `message_id`: our own, the same at every attempt."""

    message_id: str
    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


class MailProvider(Protocol):
    """Sends e-mail. Raises only this module's failures."""

    def send(self, mail: Mail, *, timeout: float) -> str:
        """Send the e-mail; return the provider's id, or the Message-ID where it gives none."""

    def check(self, *, timeout: float) -> str:
        """Connect and sign in without sending anything; return in a few words what is well."""

    def receipt(self, provider_id: str, *, timeout: float) -> Receipt:
        """Return what the provider knows today of an e-mail that it took; a mail server knows nothing that it could be asked for."""


class NoMail:
    """No provider: every e-mail fails visibly."""

    def send(self, mail: Mail, *, timeout: float) -> str:
        raise MailRefused(NO_PROVIDER, "MAIL_PROVIDER is none")

    def check(self, *, timeout: float) -> str:
        return "MAIL_PROVIDER is none: no e-mail is sent"

    def receipt(self, provider_id: str, *, timeout: float) -> Receipt:
        return PENDING
