"""Simulate a mail server: accept e-mail for anybody and put it into the inbox.

Three mailboxes misbehave, whatever the domain: `no-such-mailbox@` (550), `full@` (552) and `busy@` (451, try again later).
"""

from __future__ import annotations

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from deploy.sandbox.faults import Faults
from deploy.sandbox.inbox import Attachment, Inbox
from deploy.sandbox.mailbox import Mailbox
from deploy.sandbox.settings import Settings
from services.chassis import clock

_REFUSED = {
    "no-such-mailbox": "550 5.1.1 No such mailbox here",
    "full": "552 5.2.2 Mailbox full",
    "busy": "451 4.3.2 Busy, try again later",
}
_MOST_RECIPIENTS = 50


class Mailboxes:
    """The handler that aiosmtpd calls for each recipient and message."""

    def __init__(self, inbox: Inbox, faults: Faults, mailbox: Mailbox | None = None) -> None:
        self._inbox, self._faults, self._mailbox = inbox, faults, mailbox

    def _fault(self, step: str) -> str | None:
        """Return what this step is answered instead, if a fault is switched on and happens now."""
        faults = self._faults.mail
        if faults.step != step or not faults.reply or not self._faults.happens(faults.share, "mail"):
            return None
        return faults.reply

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := self._fault("MAIL"):
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if refusal := _REFUSED.get(address.partition("@")[0].lower()) or self._fault("RCPT"):
            return refusal
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        if refusal := self._fault("DATA"):
            return refusal
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        mail = message_from_bytes(content, policy=policy.default)
        parts = _parts(mail)
        sender = str(mail.get("From") or envelope.mail_from or "")
        for recipient in envelope.rcpt_tos:
            self._inbox.put(
                "email", to=recipient, sender=sender, subject=str(mail.get("Subject", "")), at=clock.now(), **parts
            )
            if self._mailbox is not None and recipient.casefold() == self._mailbox.address:
                await self._mailbox.put(content)
        faults = self._faults.mail
        if faults.cut and self._faults.happens(faults.share, "mail cut") and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "250 2.0.0 OK: it is in the inbox"


def _parts(mail: EmailMessage) -> dict[str, Any]:
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    files = tuple(_file(part) for part in mail.iter_attachments() if isinstance(part, MIMEPart))
    return {"text": _text(plain), "html": _text(html) if html else None, "attachments": files}


def _text(part: MIMEPart | None) -> str:
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, ValueError):  # an unknown character set; real mailboxes accept such mail too
        payload = part.get_payload(decode=True)
        return payload.decode(errors="replace") if isinstance(payload, bytes) else ""


def _file(part: MIMEPart) -> Attachment:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    return Attachment(part.get_filename() or "", part.get_content_type(), len(content), content)


async def serve(settings: Settings, inbox: Inbox, faults: Faults, mailbox: Mailbox | None = None) -> asyncio.Server:
    """Listen for SMTP. Any user name and password are accepted, or none."""
    mailboxes = Mailboxes(inbox, faults, mailbox)
    loop = asyncio.get_running_loop()

    def connection() -> SMTP:
        return SMTP(
            mailboxes,
            data_size_limit=settings.most_mail_bytes,
            enable_SMTPUTF8=True,
            hostname="sandbox.vss.test",
            ident="VSS sandbox",
            authenticator=lambda *_: AuthResult(success=True),
            auth_require_tls=False,
            loop=loop,
        )

    return await loop.create_server(connection, settings.host, settings.smtp_port)
