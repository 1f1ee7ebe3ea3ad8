"""Every row of smtp.toml, every reply, and every exception of smtplib and the socket, at each step of a conversation."""

from __future__ import annotations

import email
import email.policy
import inspect
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from services.chassis.errors import ChassisError, Permanent, Transient
from services.chassis.seal import generate_keypair
from services.chassis.settings import Secret
from services.chassis.verdicts import Fault, Verdict
from services.notifications.mail.port import Mail, MailAccountRefused, MailRefused, MailUnavailable, NoAnswer
from services.notifications.mail.smtp import TABLE, SmtpMail
from services.notifications.settings import Settings

pytestmark = pytest.mark.rule("N14")

MAIL = Mail(
    message_id="019aa5b5-c0de-7000-a000-00000000000d",
    to="biennt@vss.gov.vn",
    subject="Tài khoản",
    text="Kính gửi Ông/Bà Nguyễn Thành Biên\n",
    html="<p>Kính gửi</p>",
)
STEPS = ("connect", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA")


class Server:
    """In place of smtplib.SMTP: `at` is what each step replies or raises; `extensions` are offered."""

    at: dict[str, Any]
    extensions: set[str]
    said: list[tuple[Any, ...]]

    def __init__(self, *_: Any, **__: Any) -> None:
        self._step("connect")

    def _step(self, name: str, *said: Any) -> tuple[int, bytes]:
        Server.said.append((name, *said))
        happens = Server.at.get(name, (250, b"OK"))
        if isinstance(happens, BaseException):
            raise happens
        reply: tuple[int, bytes] = happens
        return reply

    def ehlo_or_helo_if_needed(self) -> None:
        self._step("EHLO")

    def has_extn(self, name: str) -> bool:
        return name in Server.extensions

    def starttls(self, **_: Any) -> None:
        self._step("STARTTLS")

    def login(self, *_: Any) -> None:
        self._step("AUTH")

    def mail(self, sender: str, options: list[str] | None = None) -> tuple[int, bytes]:
        return self._step("MAIL", sender, options or [])

    def rcpt(self, to: str) -> tuple[int, bytes]:
        return self._step("RCPT", to)

    def data(self, content: bytes) -> tuple[int, bytes]:
        return self._step("DATA", content)

    def rset(self) -> tuple[int, bytes]:
        return self._step("RSET")

    def quit(self) -> None: ...

    def close(self) -> None: ...


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> type[Server]:
    Server.at, Server.extensions, Server.said = {}, set(), []
    monkeypatch.setattr(smtplib, "SMTP", Server)
    return Server


KEY = generate_keypair().private_key


@cache
def mailer(**changes: Any) -> SmtpMail:
    chosen: dict[str, Any] = {"smtp_tls": "starttls", "smtp_user": "vss", "smtp_password": Secret("x")} | changes
    return SmtpMail(Settings(seal_private_key=KEY, **chosen))


def raised(call: Callable[[], Any]) -> Exception | None:
    try:
        call()
    except Exception as error:
        caught = error
    else:
        return None
    assert MAIL.to not in str(caught)
    assert caught.__cause__ is None
    return caught


def send(mail: Mail = MAIL, **changes: Any) -> Exception | None:
    return raised(lambda: mailer(**changes).send(mail, timeout=1))


def refuse(step: str, code: int, text: bytes) -> None:
    """Have a step be refused, as smtplib says it there."""
    kinds: dict[str, Callable[[int, bytes], Exception]] = {
        "connect": smtplib.SMTPConnectError,
        "EHLO": smtplib.SMTPHeloError,
        "STARTTLS": smtplib.SMTPResponseException,
        "AUTH": smtplib.SMTPAuthenticationError,
    }
    Server.at[step] = kinds[step](code, text) if step in kinds else (code, text)


def give(row: Verdict) -> None:
    """Have the server give the answer of a row."""
    first, _, second = row.answer.partition(" ")
    if row.answer == "no reply to the text":
        Server.at["DATA"] = smtplib.SMTPServerDisconnected("x")
    elif row.answer == "policy":
        refuse("RCPT", 550, b"rejected: your host is on a block list, biennt@vss.gov.vn")
    elif first[0] == "5" and "." in first:
        refuse("RCPT", 550, f"{first.replace('x', '99')} biennt@vss.gov.vn".encode())
    elif first.isdecimal():
        refuse("MAIL", int(first), b"biennt@vss.gov.vn")
    elif second[:1].isdecimal() and "." in second:
        refuse(first, 552, f"{second} biennt@vss.gov.vn".encode())
    elif second[:1].isdecimal():
        refuse(first, int(second.replace("xx", "57")), b"biennt@vss.gov.vn")
    else:
        cls: Any = getattr(smtplib, first, None) or getattr(ssl, first, None) or getattr(socket, first, None)
        cls = cls or __builtins__[first]  # type: ignore[index]
        error = Server.at["AUTH" if "Authentication" in first else "EHLO"] = cls.__new__(cls)
        if isinstance(error, smtplib.SMTPResponseException):
            error.smtp_code, error.smtp_error = -1, b"biennt@vss.gov.vn"


MEANING: dict[Fault, type[Exception]] = {
    Fault.MESSAGE: MailRefused,
    Fault.OURS: MailAccountRefused,
    Fault.PASSING: MailUnavailable,
    Fault.UNKNOWN: NoAnswer,
}


@pytest.mark.parametrize("row", TABLE.rows, ids=lambda row: row.answer)
def test_each_row_means_what_it_says(server: type[Server], row: Verdict) -> None:
    if row.answer == "RSET 4xx":
        server.at["RSET"] = (451, b"x")
        error = raised(lambda: mailer().check(timeout=1))
    elif row.answer == "RCPT not ASCII":
        error = send(replace(MAIL, to="nguyễn@vss.gov.vn"))
    elif row.answer == "MAIL not ASCII":
        error = send(mail_from="BHXH <nguyễn@vss.example>")
    else:
        give(row)
        error = send()
    assert type(error) is MEANING[row.fault]
    if row.fault in (Fault.MESSAGE, Fault.OURS):
        assert getattr(error, "code", None) == row.code


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    "code",
    [421, 450, 451, 452, 454, 455, 499, 500, 501, 502, 504, *range(521, 525), *range(530, 539), *range(550, 557), 599],
)
def test_only_a_reply_to_the_recipient_or_the_text_is_ever_final(server: type[Server], step: str, code: int) -> None:
    for text in (b"", b"no", b"\xff", b"5.1.1 no such user", b"5.9.9 x", b"4.2.2 x", b"5.7.1 blocked", b"2.0.0 OK"):
        refuse(step, code, text)
        error = send()
        assert isinstance(error, ChassisError)
        if code < 500:
            assert isinstance(error, MailUnavailable)
        elif step not in ("RCPT", "DATA"):
            assert not isinstance(error, Permanent) or (step, code) == ("MAIL", 552), (step, code, text)


EXCEPTIONS = [
    *(cls for _, cls in inspect.getmembers(smtplib, inspect.isclass) if issubclass(cls, Exception)),
    *(cls for _, cls in inspect.getmembers(ssl, inspect.isclass) if issubclass(cls, Exception)),
    *(cls for _, cls in inspect.getmembers(socket, inspect.isclass) if issubclass(cls, Exception)),
    *(OSError, ConnectionResetError, BrokenPipeError, TimeoutError, UnicodeEncodeError, ValueError),
]


@pytest.mark.parametrize("cls", EXCEPTIONS, ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("step", STEPS)
def test_every_exception_becomes_one_of_ours(server: type[Server], step: str, cls: type[Exception]) -> None:
    error: Any = cls.__new__(cls)
    error.args = ("about biennt@vss.gov.vn",)
    if issubclass(cls, smtplib.SMTPResponseException):
        error.smtp_code, error.smtp_error = -1, b"biennt@vss.gov.vn"
    server.at[step] = error
    raised_ = send()
    assert isinstance(raised_, Transient)
    assert isinstance(raised_, NoAnswer) == (step == "DATA")


def test_a_server_that_takes_eight_bits_is_told_of_them(server: type[Server]) -> None:
    """Row 29 of inputs.md: what the other side can do is asked, and said."""
    server.extensions = {"8bitmime", "size"}
    assert send() is None
    said = {name: rest for name, *rest in server.said}
    assert said["MAIL"][1] == [f"SIZE={len(said['DATA'][0])}", "BODY=8BITMIME"]
    assert not said["DATA"][0].isascii()


def test_a_server_that_takes_only_ascii_gets_only_that(server: type[Server]) -> None:
    assert send() is None
    said = {name: rest for name, *rest in server.said}
    assert said["MAIL"][1] == []
    assert said["DATA"][0].isascii()
    body = email.message_from_bytes(said["DATA"][0], policy=email.policy.default).get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == MAIL.text


@pytest.mark.parametrize(
    ("to", "extensions", "expected", "option"),
    [
        ("biennt@bảohiểm.vn", set(), "biennt@xn--bohim-v11b9i.vn", []),
        ("nguyễn@vss.gov.vn", {"smtputf8"}, "nguyễn@vss.gov.vn", ["SMTPUTF8"]),
    ],
)
def test_an_address_beyond_ascii_goes_as_the_server_takes_it(
    server: type[Server], to: str, extensions: set[str], expected: str, option: list[str]
) -> None:
    server.extensions = extensions
    assert send(replace(MAIL, to=to)) is None
    said = {name: rest for name, *rest in server.said}
    assert said["RCPT"] == [expected]
    assert said["MAIL"][1] == option


def test_the_table_has_a_source_for_every_row() -> None:
    assert [row.answer for row in TABLE.rows if not row.source.startswith("https://")] == []
