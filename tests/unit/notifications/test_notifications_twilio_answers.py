"""Every row of twilio.toml, every HTTP status, and every exception of the libraries below, at each call that we make to Twilio."""

from __future__ import annotations

import http.client
import inspect
import json
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import twilio.base.exceptions
import urllib3
import urllib3.exceptions
from twilio.base.exceptions import TwilioException

from services.chassis.errors import ChassisError, Held, Permanent, Transient
from services.chassis.jobs import RetryAfter
from services.chassis.seal import generate_keypair
from services.chassis.verdicts import Fault, Verdict
from services.notifications.messages.receipts import PENDING, Receipt
from services.notifications.settings import Settings
from services.notifications.sms.port import NoAnswer, Sms, SmsAccountRefused, SmsRefused, SmsUnavailable
from services.notifications.sms.twilio import TABLE, TwilioSms

pytestmark = pytest.mark.rule("N14")

SMS = Sms("+84983847986", "BHXH VN: mot")
SINCE = datetime(2026, 11, 28, tzinfo=UTC)
CALLS: dict[str, Callable[[TwilioSms], Any]] = {
    "send": lambda twilio: twilio.send(SMS, timeout=1),
    "find": lambda twilio: twilio.find(SMS, since=SINCE, timeout=1),
    "receipt": lambda twilio: twilio.receipt("SM" + "0" * 32, timeout=1),
    "check": lambda twilio: twilio.check(timeout=1),
}
ASKING = [name for name in CALLS if name != "send"]


def instances(module: Any, base: type[BaseException]) -> list[Exception]:
    """One of each exception that a module declares, made without its constructor, whose arguments differ."""
    classes = [cls for _, cls in inspect.getmembers(module, inspect.isclass) if issubclass(cls, base)]
    made = [cls.__new__(cls) for cls in classes if issubclass(cls, Exception) and not issubclass(cls, Warning)]
    for each in made:
        each.args = ("about +84983847986",)
    return made


EXCEPTIONS = [
    *instances(urllib3.exceptions, Exception),
    *instances(http.client, http.client.HTTPException),
    *instances(ssl, ssl.SSLError),
    *(
        kind("x")
        for kind in (OSError, ConnectionResetError, TimeoutError, BrokenPipeError, ValueError, KeyError, RuntimeError)
    ),
]


class Answering:
    """In place of urllib3's pool: the next answer, or exception."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answer: Any = None
        monkeypatch.setattr(urllib3.PoolManager, "urlopen", self._urlopen)
        self.twilio = TwilioSms(Settings(seal_private_key=generate_keypair().private_key), connections=1)

    def _urlopen(self, *_: Any, **__: Any) -> Any:
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer

    def says(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answer = urllib3.HTTPResponse(raw, headers or {}, status)

    def raised(self, call: str) -> Exception | None:
        """What the call raises; None if it returns. Whatever it is, it quotes nobody's number."""
        try:
            CALLS[call](self.twilio)
        except Exception as error:
            caught = error
        else:
            return None
        assert "983847986" not in str(caught)
        assert caught.__cause__ is None
        return caught


@pytest.fixture
def twilio_says(monkeypatch: pytest.MonkeyPatch) -> Answering:
    return Answering(monkeypatch)


def give(world: Answering, row: Verdict) -> None:
    """Have Twilio give the answer of a row."""
    if row.answer.isdecimal():
        world.says(400, {"code": int(row.answer), "message": "about +84983847986", "status": 400, "more_info": ""})
    elif row.answer.startswith("HTTP "):
        world.says(int(row.answer.removeprefix("HTTP ").replace("xx", "20")), b"<html>+84983847986</html>")
    elif row.answer == "not JSON":
        world.says(201, b"<html>+84983847986</html>")
    elif row.answer == "no SID":
        world.says(201, {"sid": None})
    elif row.answer == "SSLCertVerificationError":
        world.answer = urllib3.exceptions.SSLError(ssl.SSLCertVerificationError(1, "self-signed"))
    else:
        cls = getattr(urllib3.exceptions, row.answer)
        world.answer = cls.__new__(cls)


MEANING: dict[Fault, tuple[type[Exception], ...]] = {
    Fault.MESSAGE: (SmsRefused,),
    Fault.OURS: (SmsAccountRefused,),
    Fault.PASSING: (SmsUnavailable, RetryAfter),
    Fault.UNKNOWN: (NoAnswer,),
}


@pytest.mark.parametrize("row", TABLE.rows, ids=lambda row: row.answer)
def test_each_row_means_what_it_says_when_we_send(twilio_says: Answering, row: Verdict) -> None:
    give(twilio_says, row)
    error = twilio_says.raised("send")
    assert type(error) in MEANING[row.fault]
    if row.fault in (Fault.MESSAGE, Fault.OURS):
        assert getattr(error, "code", None) == row.code
    assert isinstance(error, RetryAfter) == (row.code == "busy")


@pytest.mark.parametrize("row", TABLE.rows, ids=lambda row: row.answer)
@pytest.mark.parametrize("call", ASKING)
def test_a_question_that_fails_is_never_final_and_no_copy(twilio_says: Answering, call: str, row: Verdict) -> None:
    give(twilio_says, row)
    if row.answer == "no SID":
        return
    error = twilio_says.raised(call)
    if call == "receipt" and row.code == "request":
        assert error is None  # not there, or not any more
        return
    assert isinstance(error, Transient)
    assert not isinstance(error, NoAnswer)


@pytest.mark.parametrize("status", [*range(200, 600)])
def test_every_status_with_a_page_of_something_in_between_is_understood(twilio_says: Answering, status: int) -> None:
    for body in (b"<html>+84983847986</html>", b"", b"[]", b'"+84983847986"', b"{}", b'{"code": "x"}', b"\xff"):
        for call in CALLS:
            twilio_says.says(status, body)
            error = twilio_says.raised(call)
            assert error is None or isinstance(error, ChassisError), (call, body, error)
            # what is not in the table is held, never final
            assert not isinstance(error, Permanent), (call, body, error)


@pytest.mark.parametrize("error", EXCEPTIONS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("call", CALLS)
def test_every_exception_below_becomes_one_of_ours(twilio_says: Answering, call: str, error: Exception) -> None:
    twilio_says.answer = error
    raised = twilio_says.raised(call)
    assert isinstance(raised, Transient)


@pytest.mark.parametrize("error", instances(twilio.base.exceptions, TwilioException), ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("call", CALLS)
def test_every_exception_of_twilios_library_becomes_one_of_ours(twilio_says: Answering, call: str, error: Exception) -> None:
    twilio_says.answer = error
    assert isinstance(twilio_says.raised(call), Transient)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [(401, 20003, SmsAccountRefused), (429, 20429, RetryAfter), (503, 20503, SmsUnavailable), (418, 1, SmsAccountRefused)],
)
def test_a_list_that_is_refused_is_understood_although_the_library_says_only_that(
    twilio_says: Answering, status: int, code: int, expected: type[Exception]
) -> None:
    """twilio-python raises a plain `TwilioException` for any list answer that is not 200."""
    twilio_says.says(status, {"code": code, "message": "+84983847986"}, {"Retry-After": "7"})
    error = twilio_says.raised("find")
    assert type(error) is expected
    assert getattr(error, "after_seconds", 7.0) == 7.0


@pytest.mark.parametrize(
    ("status", "code", "receipt"),
    [
        ("delivered", None, Receipt(delivered=True, certain=True)),
        ("undelivered", 30003, Receipt(code="unreachable_number", certain=True)),
        ("failed", 30002, Receipt(code="account", certain=True)),
        ("failed", None, Receipt(code="unknown_answer", certain=True)),
        ("canceled", None, Receipt(code="cancelled", certain=True)),
        ("sent", None, PENDING),
        ("queued", None, PENDING),
        ("something new", None, PENDING),
    ],
)
def test_twilios_own_record_says_how_it_ended(
    twilio_says: Answering, status: str, code: int | None, receipt: Receipt
) -> None:
    twilio_says.says(200, {"sid": "SM1", "status": status, "error_code": code})
    assert twilio_says.twilio.receipt("SM1", timeout=1) == receipt


def test_a_record_that_twilio_does_not_keep_any_more_says_nothing(twilio_says: Answering) -> None:
    twilio_says.says(404, {"code": 20404, "message": "not found", "status": 404})
    assert twilio_says.twilio.receipt("SM1", timeout=1) == PENDING


def test_the_table_has_a_source_for_every_row() -> None:
    assert [row.answer for row in TABLE.rows if not row.source.startswith("https://")] == []
    assert issubclass(SmsAccountRefused, Held)
