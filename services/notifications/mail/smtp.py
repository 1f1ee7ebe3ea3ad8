"""Send e-mail by SMTP, one connection per message: queueing is the mail server's job."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.utils import parseaddr

from services.notifications.mail.mime import message_id_of, mime
from services.notifications.mail.port import Mail, MailAccountRefused, MailRefused, MailUnavailable, NoAnswer
from services.notifications.messages.codes import INVALID_ADDRESS, REFUSED
from services.notifications.settings import Settings

#: replies to RCPT that mean: no such mailbox
_NO_MAILBOX = frozenset({550, 551, 553, 501, 511})


class SmtpMail:
    """The mail server named in the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, mail: Mail, *, timeout: float) -> str:
        """Send the e-mail step by step, to know whether the text was transmitted when something fails."""
        sender = self._settings.mail_from
        content = mime(mail, sender).as_bytes()
        on_its_way = False
        server: smtplib.SMTP | None = None
        try:
            server = self._connect(timeout)
            _expect(
                server.mail(parseaddr(sender)[1], ["SIZE=" + str(len(content))] if server.has_extn("size") else []), "MAIL"
            )
            _expect(server.rcpt(mail.to), "RCPT")
            on_its_way = True
            _expect(server.data(content), "DATA")
        except smtplib.SMTPAuthenticationError as error:
            raise MailAccountRefused(f"smtp: AUTH {error.smtp_code}") from None
        except smtplib.SMTPDataError as error:
            # the server refused DATA itself: no text was transmitted
            _expect((error.smtp_code, b""), "DATA")
        except (smtplib.SMTPException, OSError) as error:
            detail = f"smtp: {type(error).__name__}"
            raise (NoAnswer(detail) if on_its_way else MailUnavailable(detail)) from None
        finally:
            if server is not None:
                # the message is sent: whether the server answers QUIT does not matter
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()
                server.close()
        return message_id_of(mail, sender)

    def check(self, *, timeout: float) -> str:
        """EHLO, STARTTLS, AUTH and MAIL as for an e-mail, then RSET: a server that wants a password says so only to MAIL."""
        settings = self._settings
        try:
            with self._connect(timeout) as server:
                _expect(server.mail(parseaddr(settings.mail_from)[1]), "MAIL")
                _expect(server.rset(), "RSET")
        except smtplib.SMTPAuthenticationError as error:
            raise MailAccountRefused(f"smtp: AUTH {error.smtp_code}") from None
        except (smtplib.SMTPException, OSError) as error:
            raise MailUnavailable(f"smtp: {type(error).__name__}") from None
        signed_in = f"takes {settings.smtp_user}'s password" if settings.smtp_user else "asks for no password"
        return f"{settings.smtp_host}:{settings.smtp_port} takes our sender, and {signed_in}"

    def _connect(self, timeout: float) -> smtplib.SMTP:
        settings = self._settings
        where = (settings.smtp_host, settings.smtp_port)
        if settings.smtp_tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=timeout, context=ssl.create_default_context())
        else:
            server = smtplib.SMTP(*where, timeout=timeout)
        try:
            server.ehlo_or_helo_if_needed()
            if settings.smtp_tls == "starttls":
                server.starttls(context=ssl.create_default_context())
                server.ehlo_or_helo_if_needed()
            if settings.smtp_user:
                password = settings.smtp_password
                server.login(settings.smtp_user, password.reveal() if password else "")
        except BaseException:
            server.close()
            raise
        return server


def _expect(reply: tuple[int, bytes], step: str) -> None:
    """Return for a 2xx reply; otherwise raise the port's failure, without the reply's text, which quotes the address."""
    code = reply[0]
    detail = f"smtp: {step} {code}"
    if 200 <= code < 300:
        return
    if code < 500:
        raise MailUnavailable(detail)
    if code in (530, 535, 538) or step == "MAIL":
        raise MailAccountRefused(detail)
    raise MailRefused(INVALID_ADDRESS if step == "RCPT" and code in _NO_MAILBOX else REFUSED, detail)
