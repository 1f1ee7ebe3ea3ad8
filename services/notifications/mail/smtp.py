"""Send e-mail by SMTP, one connection per message: queueing is the mail server's job. What each reply means: smtp.toml."""

from __future__ import annotations

import re
import smtplib
from contextlib import suppress
from email.utils import parseaddr
from pathlib import Path

from services.chassis import tls
from services.chassis.errors import ChassisError
from services.chassis.verdicts import Verdicts
from services.notifications.mail.mime import message_id_of, mime, wire_address
from services.notifications.mail.port import FAILURES, Mail
from services.notifications.messages.receipts import PENDING, Receipt
from services.notifications.settings import Settings

TABLE = Verdicts.load(Path(__file__).with_name("smtp.toml"))
_ENHANCED = re.compile(rb"\s*([245])\.(\d{1,3})\.(\d{1,3})\b")
#: a 5xx without an enhanced code says only in words that it is about us
_POLICY = re.compile(
    rb"block|spam|polic|black|deny|denied|reputation|dnsbl|rbl|spf|dkim|dmarc|relay|auth|not permitted|prohibited|listed",
    re.IGNORECASE,
)


class SmtpMail:
    """The mail server named in the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, mail: Mail, *, timeout: float) -> str:
        """Send the e-mail step by step, to know whether the text was transmitted when something fails."""
        sender = self._settings.mail_from
        envelope_sender, talk = self._envelope_sender(), _Talk(self._settings)
        try:
            server = talk.connect(timeout)
            capable = server.has_extn("smtputf8")
            to = wire_address(mail.to, letters=capable)
            if to is None:
                raise _failure("RCPT not ASCII", detail="smtp: the server takes no such address")
            needs_letters, eight_bit = not to.isascii(), server.has_extn("8bitmime")
            content = mime(mail, sender, to=to, letters=needs_letters, seven_bit=not eight_bit).as_bytes()
            options = [
                *([f"SIZE={len(content)}"] if server.has_extn("size") else []),
                *(["BODY=8BITMIME"] if eight_bit else []),
                *(["SMTPUTF8"] if needs_letters else []),
            ]
            talk.expect("MAIL", server.mail(envelope_sender, options))
            talk.expect("RCPT", server.rcpt(to))
            talk.step = "DATA"
            talk.on_its_way = True
            talk.expect("DATA", server.data(content))
        except ChassisError:
            raise
        except Exception as error:
            raise talk.failure(error) from None
        finally:
            talk.hang_up()
        return message_id_of(mail, sender)

    def check(self, *, timeout: float) -> str:
        """EHLO, STARTTLS, AUTH and MAIL as for an e-mail, then RSET: a server that wants a password says so only to MAIL."""
        settings, talk = self._settings, _Talk(self._settings)
        try:
            server = talk.connect(timeout)
            talk.expect("MAIL", server.mail(self._envelope_sender()))
            talk.expect("RSET", server.rset())
        except ChassisError:
            raise
        except Exception as error:
            raise talk.failure(error) from None
        finally:
            talk.hang_up()
        signed_in = f"takes {settings.smtp_user}'s password" if settings.smtp_user else "asks for no password"
        return f"{settings.smtp_host}:{settings.smtp_port} takes our sender, and {signed_in}"

    def receipt(self, provider_id: str, *, timeout: float) -> Receipt:
        """Return that nothing is known: bounces come to the sender's mailbox, which nobody reads here."""
        return PENDING

    def _envelope_sender(self) -> str:
        sender = wire_address(parseaddr(self._settings.mail_from)[1], letters=False)
        if sender is None:
            raise _failure("MAIL not ASCII", detail="smtp: MAIL_FROM has letters beyond ASCII before the @")
        return sender


class _Talk:
    """One conversation, and the step at which it is when something fails."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None
        self.step = "connect"
        #: the server may have all of the text
        self.on_its_way = False

    def connect(self, timeout: float) -> smtplib.SMTP:
        """Connect, greet, encrypt and sign in, as the settings say."""
        settings = self._settings
        where = (settings.smtp_host, settings.smtp_port)
        if settings.smtp_tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=timeout, context=tls.context())
        else:
            server = smtplib.SMTP(*where, timeout=timeout)
        self._server = server
        self.step = "EHLO"
        server.ehlo_or_helo_if_needed()
        if settings.smtp_tls == "starttls":
            self.step = "STARTTLS"
            server.starttls(context=tls.context())
            server.ehlo_or_helo_if_needed()
        if settings.smtp_user:
            self.step = "AUTH"
            password = settings.smtp_password
            server.login(settings.smtp_user, password.reveal() if password else "")
        self.step = "MAIL"
        return server

    def expect(self, step: str, reply: tuple[int, bytes]) -> None:
        """Return for a 2xx reply.

        :raises MailUnavailable, MailAccountRefused, MailRefused: as the table has any other.
        """
        self.step = step
        code, text = reply
        if not 200 <= code < 300:
            raise _refusal(step, code, text)

    def failure(self, error: Exception) -> Exception:
        """Return the port's failure for what the library raised, without its text, which quotes the address."""
        detail = f"smtp: {self.step} {type(error).__name__}"
        # the table knows the class of a failed sign-in, whatever the server says with it
        by_reply = isinstance(error, smtplib.SMTPResponseException) and not isinstance(
            error, smtplib.SMTPAuthenticationError
        )
        if (
            isinstance(error, smtplib.SMTPResponseException)
            and error.smtp_code >= 400
            and (by_reply or error.smtp_code < 500)
        ):
            # `data` raises this where the server refused DATA itself: no text was transmitted
            text = error.smtp_error
            return _refusal(self.step, error.smtp_code, text if isinstance(text, bytes) else str(text).encode())
        if self.on_its_way:
            return _failure("no reply to the text", detail=detail)
        known = [each.__name__ for each in type(error).__mro__ if TABLE.find(each.__name__).source]
        # a ValueError is not the server's: what we were about to say cannot be said
        return _failure(*known, detail=detail)

    def hang_up(self) -> None:
        """Say goodbye. The message is sent: whether the server answers QUIT does not matter."""
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
            self._server.close()


def _refusal(step: str, code: int, text: bytes) -> Exception:
    """Return the port's failure for a reply, without its text, which quotes the address."""
    detail, group = f"smtp: {step} {code}", f"{step} {code // 100}xx"
    if code < 500:
        return _failure(group, detail=detail)
    if enhanced := _ENHANCED.match(text):
        major, subject, number = (part.decode() for part in enhanced.groups())
        full = f"{major}.{subject}.{number}"
        # a refusal of what comes before the recipient is about us, whatever else the detail may mean
        answers = (full, f"{major}.{subject}.x") if step in ("RCPT", "DATA") else (f"{step} {full}", group)
        return _failure(*answers, detail=f"{detail} {full}")
    if step == "RCPT" and _POLICY.search(text):
        return _failure("policy", detail=f"{detail}, a policy")
    return _failure(str(code), f"{step} {code}", group if step != "RCPT" else None, detail=detail)


def _failure(*answers: str | None, detail: str) -> Exception:
    return FAILURES.of(TABLE.find(*answers), detail)
