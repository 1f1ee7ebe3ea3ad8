"""The port to the e-mail provider, and its failures.

    Transient
    ├── MailUnavailable      not reached, or busy: nothing has been sent
    ├── MailAccountRefused   our account or sender is refused: only an operator can help, so messages wait
    ├── RetryAfter           the provider says how long to wait
    └── OutcomeUnknown       no response after the text was transmitted: it may have been sent
    Permanent
    └── MailRefused          this message can never be sent: `code` says why

No error text contains an address or any part of a message, since errors reach the logs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from services.chassis.errors import Permanent, Transient
from services.chassis.jobs import OutcomeUnknown
from services.notifications.messages.codes import NO_PROVIDER

#: the tag with which SES events identify our message
TAG = "message"


class MailUnavailable(Transient):
    """The provider was not reached, or cannot accept mail now."""


class MailAccountRefused(Transient):
    """Our account was refused: credentials, sender or quota."""

    after_seconds = 120.0


class NoAnswer(OutcomeUnknown):
    """No response came after the text was transmitted."""

    after_seconds = 5.0


class MailRefused(Permanent):
    """The message can never be sent."""

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        super().__init__(f"{code}: {detail}")


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


class NoMail:
    """No provider: every e-mail fails visibly."""

    def send(self, mail: Mail, *, timeout: float) -> str:
        raise MailRefused(NO_PROVIDER, "MAIL_PROVIDER is none")

    def check(self, *, timeout: float) -> str:
        return "MAIL_PROVIDER is none: no e-mail is sent"
