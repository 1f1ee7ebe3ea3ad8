"""The port to whoever carries e-mail, and its failures.

    Transient
    ├── MailUnavailable      not reached, or busy: nothing has been sent
    ├── MailAccountRefused   our account or sender is refused: nothing but an operator helps, so messages wait for one
    ├── RetryAfter           the provider says how long to wait
    └── OutcomeUnknown       no answer came once the text was on its way: it may have been sent
    Permanent
    └── MailRefused          this message will never go: `code` says why

No error text holds an address or a word of a message: errors reach logs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from services.chassis.errors import Permanent, Transient
from services.chassis.jobs import OutcomeUnknown
from services.notifications.messages.codes import NO_PROVIDER

#: the tag by which an event of SES names our message
TAG = "message"


class MailUnavailable(Transient):
    """Not reached, or unable just now."""


class MailAccountRefused(Transient):
    """Our account: its credentials, sender or quota."""

    after_seconds = 120.0


class NoAnswer(OutcomeUnknown):
    """No answer came once the text was on its way."""

    after_seconds = 5.0


class MailRefused(Permanent):
    """The message will never go."""

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        super().__init__(f"{code}: {detail}")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail. `message_id`: ours, the same at each attempt."""

    message_id: str
    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


class MailProvider(Protocol):
    """Sends e-mail. Every failure is one of this module's."""

    def send(self, mail: Mail, *, timeout: float) -> str:
        """Hand it over; return the provider's id of it, or the Message-ID where it has none."""


class NoMail:
    """No provider: every e-mail is refused, for people to see."""

    def send(self, mail: Mail, *, timeout: float) -> str:
        raise MailRefused(NO_PROVIDER, "MAIL_PROVIDER is none")
