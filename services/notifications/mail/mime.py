"""Write an e-mail in its wire format."""

from __future__ import annotations

from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr, formatdate, parseaddr

from services.chassis import clock
from services.notifications.mail.port import Mail, MailRefused
from services.notifications.messages.codes import INVALID_ADDRESS


def message_id_of(mail: Mail, sender: str) -> str:
    """Return the Message-ID header: the same at every attempt, so that a mailbox can recognise a copy."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<{mail.message_id}@{domain}>"


def wire_address(address: str, *, letters: bool) -> str | None:
    """Return the address as a server that knows only ASCII takes it: its domain in Punycode (RFC 5891).

    :param letters: the server takes letters beyond ASCII before the @ (SMTPUTF8, RFC 6531).
    :returns: None if there is no such form.
    """
    name, at, domain = address.rpartition("@")
    if not name.isascii() and not letters:
        return None
    try:
        return f"{name}{at}{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None


def mime(mail: Mail, sender: str, *, to: str | None = None, letters: bool = False, seven_bit: bool = False) -> EmailMessage:
    """Return the MIME message.

    :param to: the address as the server takes it (`wire_address`); None if it is the mail's own.
    :param letters: the address has letters beyond ASCII.
    :param seven_bit: the server takes only ASCII in bodies (no 8BITMIME).
    :raises MailRefused: for an address that is not valid in a header.
    """
    name, address = parseaddr(sender)
    policy = SMTP.clone(utf8=letters, cte_type="7bit" if seven_bit else "8bit")
    message = EmailMessage(policy=policy)
    try:
        message["From"] = formataddr((name, address))
        message["To"] = to or mail.to
    except (ValueError, IndexError):
        raise MailRefused(INVALID_ADDRESS, "it cannot stand in a header") from None
    # encoded here: email.policy (3.11) loses a space when it folds a long subject that is mostly not ASCII
    subject = Header(" ".join(mail.subject.split()), "utf-8", header_name="Subject")
    message.set_raw("Subject", subject.encode(linesep="\r\n"))
    message["Message-ID"] = message_id_of(mail, sender)
    message["Date"] = formatdate(clock.now().timestamp())
    message["Auto-Submitted"] = "auto-generated"  # no out-of-office replies, please (RFC 3834)
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    for attached in mail.attachments:
        kind, _, subtype = attached.content_type.partition(";")[0].partition("/")
        message.add_attachment(attached.content, maintype=kind, subtype=subtype or "octet-stream", filename=attached.name)
    return message
