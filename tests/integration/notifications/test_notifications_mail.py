"""The mail port: one suite on the fake, on SMTP and on SES (moto's server); then what is SMTP's own."""

from __future__ import annotations

import base64
import email
import email.policy
import json
import threading
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest

from services.chassis.jobs import OutcomeUnknown
from services.chassis.seal import generate_keypair
from services.chassis.settings import Secret, Url
from services.chassis.testing import free_port
from services.chassis.testing.aws import aws
from services.notifications.mail.mime import mime
from services.notifications.mail.port import MailAccountRefused, MailRefused, MailUnavailable
from services.notifications.mail.ses import SesMail
from services.notifications.mail.smtp import SmtpMail
from services.notifications.messages import codes
from services.notifications.settings import Settings
from tests.integration.notifications.fakes import FakeMail
from tests.integration.notifications.mail_suite import MAIL, SECONDS, MailSuite, World
from tests.integration.notifications.providers import MailServer


def settings(**changes: Any) -> Settings:
    return Settings(seal_private_key=generate_keypair().private_key, mail_timeout_seconds=SECONDS, **changes)


class FakeWorld(World):
    def __init__(self) -> None:
        self.provider = self.fake = FakeMail()

    def taken(self) -> list[EmailMessage]:
        wire = [mime(one, settings().mail_from).as_bytes() for one in self.fake.taken]
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in wire]

    def nobody_is_there(self) -> None:
        self.fake.faults.append(MailUnavailable("away"))

    def we_are_refused(self) -> None:
        self.fake.faults.append(MailAccountRefused("sender", "refused"))


class SmtpWorld(World):
    def __init__(self, server: MailServer) -> None:
        self.server = server
        self.provider = SmtpMail(settings(smtp_port=server.port))

    def taken(self) -> list[EmailMessage]:
        return self.server.mails

    def nobody_is_there(self) -> None:
        self.provider = SmtpMail(settings(smtp_port=free_port()))

    def we_are_refused(self) -> None:
        self.server.replies["MAIL"] = "550 5.7.1 sender not allowed"


class SesWorld(World):
    def __init__(self, url: str) -> None:
        self.url = url
        urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST"), timeout=10).close()
        self._ses = boto3.client("sesv2", region_name="ap-southeast-1", endpoint_url=url)
        self._ses.create_email_identity(EmailIdentity="khong-tra-loi@vss.example")
        self.provider = SesMail(settings(ses_endpoint_url=Url(url)))

    def taken(self) -> list[EmailMessage]:
        with urllib.request.urlopen(f"{self.url}/moto-api/data.json", timeout=10) as answer:
            sent = json.load(answer).get("ses", {}).get("RawMessage", [])
        return [_read(one["raw_data"]) for one in sent]

    def nobody_is_there(self) -> None:
        self.provider = SesMail(settings(ses_endpoint_url=Url(f"http://127.0.0.1:{free_port()}")))

    def we_are_refused(self) -> None:
        self._ses.delete_email_identity(EmailIdentity="khong-tra-loi@vss.example")


def _read(raw: str) -> EmailMessage:
    try:
        content = base64.b64decode(raw, validate=True)
    except ValueError:
        content = raw.encode()
    return email.message_from_bytes(content, policy=email.policy.default)


class TestFake(MailSuite):
    @pytest.fixture
    def world(self) -> World:
        return FakeWorld()


class TestSmtp(MailSuite):
    @pytest.fixture
    def world(self) -> Iterator[World]:
        with MailServer() as server:
            yield SmtpWorld(server)


@pytest.fixture(scope="module")
def aws_url() -> Iterator[str]:
    with aws() as url:
        yield url


class TestSes(MailSuite):
    @pytest.fixture
    def world(self, aws_url: str, monkeypatch: pytest.MonkeyPatch) -> World:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        return SesWorld(aws_url)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


def send(server: MailServer, **changes: Any) -> str:
    return SmtpMail(settings(smtp_port=server.port, **changes)).send(MAIL, timeout=SECONDS)


def test_each_try_bears_the_same_message_id(server: MailServer) -> None:
    assert send(server) == send(server) == f"<{MAIL.message_id}@vss.example>"
    assert {one["Message-ID"] for one in server.mails} == {f"<{MAIL.message_id}@vss.example>"}


@pytest.mark.parametrize(
    ("step", "reply", "error", "word"),
    [
        ("MAIL", "452 4.3.1 no room", MailUnavailable, None),
        ("RCPT", "450 4.2.1 grey-listed", MailUnavailable, None),
        ("RCPT", "550 5.1.1 no such user", MailRefused, codes.INVALID_ADDRESS),
        ("RCPT", "554 5.7.1 not wanted", MailAccountRefused, "blocked"),
        # row 18 of inputs.md
        ("RCPT", "550 5.7.1 Service unavailable; client host blocked", MailAccountRefused, "blocked"),
        ("RCPT", "550 5.4.1 Recipient address rejected: Access denied", MailAccountRefused, "route"),
        ("DATA", "550 5.7.26 unauthenticated", MailAccountRefused, "blocked"),
        ("RCPT", "554 5.1.1 no such user", MailRefused, codes.INVALID_ADDRESS),
        ("DATA", "550 5.1.1 no such user", MailRefused, codes.INVALID_ADDRESS),
        # relatives: old servers without enhanced codes, a full mailbox, what nobody knows, and the same words about our sender
        ("RCPT", "550 User unknown", MailRefused, codes.INVALID_ADDRESS),
        ("RCPT", "550 rejected because the sending host is listed at a block list", MailAccountRefused, "blocked"),
        ("RCPT", "554 no", MailAccountRefused, "unknown_answer"),
        ("RCPT", "550 5.9.9 something new", MailAccountRefused, "unknown_answer"),
        ("RCPT", "552 5.2.2 mailbox full", MailRefused, codes.MAILBOX_FULL),
        ("RCPT", "550 5.1.8 bad sender's domain", MailAccountRefused, "sender"),
        ("MAIL", "550 5.1.1 no such sender", MailAccountRefused, "sender"),
        ("MAIL", "552 5.3.4 too big", MailRefused, codes.TOO_LARGE),
        ("DATA", "554 rejected", MailAccountRefused, "refused"),
        ("DATA", "451 4.7.1 try later", MailUnavailable, None),
        ("DATA", "554 5.7.1 spam", MailAccountRefused, "blocked"),
    ],
)
def test_each_reply_of_a_mail_server_has_its_meaning(
    server: MailServer, step: str, reply: str, error: type[Exception], word: str | None
) -> None:
    server.replies[step] = reply
    with pytest.raises(error) as caught:
        send(server)
    assert getattr(caught.value, "code", None) == word
    assert MAIL.to not in str(caught.value)
    assert server.mails == []


def test_a_line_that_breaks_after_the_text_leaves_the_outcome_open(server: MailServer) -> None:
    server.replies["DATA"] = "take and cut"
    with pytest.raises(OutcomeUnknown):
        send(server)
    assert len(server.mails) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_we_sign_in_where_that_is_asked() -> None:
    with MailServer(user="vss", password="secret") as server:
        send(server, smtp_user="vss", smtp_password=Secret("secret"))
        assert len(server.mails) == 1
        with pytest.raises(MailAccountRefused):
            send(server, smtp_user="vss", smtp_password=Secret("wrong"))
        with pytest.raises(MailAccountRefused):
            send(server)


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_check_signs_in_and_names_our_sender_and_sends_nothing(server: MailServer) -> None:
    assert "takes our sender" in SmtpMail(settings(smtp_port=server.port)).check(timeout=SECONDS)
    with MailServer(user="vss", password="secret") as strict:
        good = settings(smtp_port=strict.port, smtp_user="vss", smtp_password=Secret("secret"))
        assert "takes vss's password" in SmtpMail(good).check(timeout=SECONDS)
        for wrong in ({"smtp_user": "vss", "smtp_password": Secret("wrong")}, {}):
            with pytest.raises(MailAccountRefused):
                SmtpMail(settings(smtp_port=strict.port, **wrong)).check(timeout=SECONDS)
        assert strict.mails == server.mails == []
    with pytest.raises(MailUnavailable):
        SmtpMail(settings(smtp_port=free_port())).check(timeout=SECONDS)


@pytest.mark.parametrize(
    ("status", "account", "error"),
    [
        (200, {"SendingEnabled": True, "SendQuota": {"Max24HourSend": 50_000}}, None),
        (200, {"SendingEnabled": False}, MailAccountRefused),
        (403, {"message": "The security token included in the request is invalid"}, MailAccountRefused),
    ],
)
def test_a_check_asks_ses_for_our_account(
    monkeypatch: pytest.MonkeyPatch, status: int, account: dict[str, Any], error: type[Exception] | None
) -> None:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = json.dumps(account).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with HTTPServer(("127.0.0.1", 0), Handler) as ses:
        threading.Thread(target=ses.serve_forever, daemon=True).start()
        provider = SesMail(settings(ses_endpoint_url=Url(f"http://127.0.0.1:{ses.server_port}")))
        if error is None:
            assert "50000 e-mails a day" in provider.check(timeout=SECONDS)
        else:
            with pytest.raises(error):
                provider.check(timeout=SECONDS)
        ses.shutdown()
    assert asked == ["/v2/email/account"]


def test_without_the_encryption_that_is_asked_for_nothing_is_sent(server: MailServer) -> None:
    with pytest.raises(MailAccountRefused):  # the server offers none: nothing but an operator helps
        send(server, smtp_tls="starttls")
    with pytest.raises(MailUnavailable):
        send(server, smtp_tls="tls")
    assert server.mails == []


def test_a_line_end_in_an_address_is_refused_and_smuggles_no_header() -> None:
    from dataclasses import replace

    with pytest.raises(MailRefused):
        mime(replace(MAIL, to="a@example.com\r\nBcc: b@example.com"), "vss@vss.example")
