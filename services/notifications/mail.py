"""The port to whoever carries e-mail, and how its failures are told.

    Transient
    ├── MailUnavailable      not reached, or busy: nothing has been sent
    ├── MailAccountRefused   our account or sender is refused: nothing but an operator helps, so messages wait for one
    ├── RetryAfter           the provider says how long to wait
    └── OutcomeUnknown       no answer came after the text was on its way: it may have been sent
    Permanent
    └── MailRefused          this message will never go: `code` says why

No text of these holds an address or a word of a message: errors reach logs.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr, formatdate, parseaddr
from typing import Protocol

from services.chassis import clock
from services.chassis.errors import Permanent, Transient
from services.chassis.jobs import OutcomeUnknown

INVALID_ADDRESS, REFUSED, NO_PROVIDER = "invalid_address", "refused", "no_provider"
#: the tag by which an event of SES names our message
TAG = "message"


class MailUnavailable(Transient):
    """Not reached, or not able just now."""


class MailAccountRefused(Transient):
    """Credentials, sender or quota of our account."""

    after_seconds = 120.0


class NoAnswer(OutcomeUnknown):
    """The text was on its way when the answer failed to come."""

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
    """One e-mail. `message_id`: ours, the same at each try."""

    message_id: str
    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


class MailProvider(Protocol):
    """Hands over e-mail. Every failure is one of the module's."""

    def send(self, mail: Mail, *, timeout: float) -> str:
        """Hand it over; the provider's id of it, or the Message-ID where it has none."""


class NoMail:
    """No provider: every e-mail is refused, where people see it."""

    def send(self, mail: Mail, *, timeout: float) -> str:
        raise MailRefused(NO_PROVIDER, "MAIL_PROVIDER is none")


def message_id_of(mail: Mail, sender: str) -> str:
    """The Message-ID header: the same at each try, so that a mailbox can tell a copy."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<{mail.message_id}@{domain}>"


def mime(mail: Mail, sender: str) -> EmailMessage:
    """The message as it travels.

    :raises MailRefused: for an address that cannot stand in a header.
    """
    name, address = parseaddr(sender)
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = formataddr((name, address))
        message["To"] = mail.to
    except (ValueError, IndexError):
        raise MailRefused(INVALID_ADDRESS, "it cannot stand in a header") from None
    # encoded here: email.policy (3.11) loses a space where it breaks a long subject that is mostly not ASCII
    subject = Header(" ".join(mail.subject.split()), "utf-8", header_name="Subject")
    message.set_raw("Subject", subject.encode(linesep="\r\n"))
    message["Message-ID"] = message_id_of(mail, sender)
    message["Date"] = formatdate(clock.now().timestamp())
    message["Auto-Submitted"] = "auto-generated"  # no out-of-office answers, please (RFC 3834)
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    for attached in mail.attachments:
        kind, _, subtype = attached.content_type.partition(";")[0].partition("/")
        message.add_attachment(attached.content, maintype=kind, subtype=subtype or "octet-stream", filename=attached.name)
    return message
