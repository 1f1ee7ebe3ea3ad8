"""Every row of hgd.toml, every HTTP status, every exception of requests and urllib3; and which of them open the circuit (V7)."""

from __future__ import annotations

import inspect
import io
import json
import ssl
from typing import Any

import pytest
import requests
import requests.exceptions
import urllib3
import urllib3.exceptions

from services.chassis.errors import ChassisError, Held, Permanent, Transient
from services.chassis.jobs import RetryAfter
from services.chassis.verdicts import Fault, Verdict
from services.verification.directory.hgd import TABLE, HttpDirectory
from services.verification.directory.port import Answer

CODE, NAME = "0113099841", "Nguyễn Thành Biên"
FAILURES = 3
pytestmark = pytest.mark.rule("V7")


class Hgd:
    """In place of the network below requests: the next answer, or exception."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answer: Any = None
        self.asked = 0
        monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", self._send)
        self.directory = HttpDirectory("http://127.0.0.1:1", "key", failures=FAILURES, pause_seconds=60)

    def _send(self, request: Any, **_: Any) -> requests.Response:
        self.asked += 1
        if isinstance(self.answer, BaseException):
            raise self.answer
        status, body, headers = self.answer
        response = requests.Response()
        response.status_code, response.request, response.url = status, request, request.url
        response.headers.update(headers)
        response.raw = urllib3.HTTPResponse(io.BytesIO(body), status=status, preload_content=False)
        return response

    def says(self, status: int, body: Any, **headers: str) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answer = (status, raw, {name.replace("_", "-"): value for name, value in headers.items()})

    def raised(self) -> Exception | None:
        try:
            self.directory.look_up(CODE, timeout_seconds=1)
        except Exception as error:
            caught = error
        else:
            return None
        assert CODE not in str(caught)
        assert NAME not in str(caught)
        assert caught.__cause__ is None
        return caught

    def circuit_opens(self) -> bool:
        """Whether so many of these answers end in no call at all."""
        for _ in range(FAILURES + 1):
            self.raised()
        return self.asked < FAILURES + 1


@pytest.fixture
def hgd(monkeypatch: pytest.MonkeyPatch) -> Hgd:
    return Hgd(monkeypatch)


def give(hgd: Hgd, row: Verdict) -> None:
    bodies = {"no name": {"found": True}, "no record": {"found": "true", "full_name": NAME}, "not JSON": b"<html>"}
    if row.answer in bodies:
        hgd.says(200, bodies[row.answer])
    elif row.answer.startswith("HTTP "):
        hgd.says(int(row.answer.removeprefix("HTTP ").replace("xx", "20")), b"", Retry_After="7")
    elif row.answer == "SSLCertVerificationError":
        inner = urllib3.exceptions.SSLError(ssl.SSLCertVerificationError(1, "self-signed"))
        hgd.answer = requests.exceptions.SSLError(urllib3.exceptions.MaxRetryError(None, "/", inner))  # type: ignore[arg-type]
    else:
        cls = getattr(requests.exceptions, row.answer, None) or OSError
        hgd.answer = cls.__new__(cls)


MEANING: dict[Fault, type[Exception]] = {Fault.MESSAGE: Permanent, Fault.OURS: Held, Fault.PASSING: Transient}


@pytest.mark.parametrize("row", TABLE.rows, ids=lambda row: row.answer)
def test_each_row_means_what_it_says(hgd: Hgd, row: Verdict) -> None:
    give(hgd, row)
    error = hgd.raised()
    assert isinstance(error, MEANING[row.fault])
    assert isinstance(error, Held) == (row.fault is Fault.OURS)
    if isinstance(error, Held):
        assert error.code == row.code
    if row.code == "busy":
        assert isinstance(error, RetryAfter)
        assert error.after_seconds == 7.0


@pytest.mark.parametrize("row", TABLE.rows, ids=lambda row: row.answer)
def test_only_an_outage_opens_the_circuit(hgd: Hgd, row: Verdict) -> None:
    """Row 4 of inputs.md: an answer that came, however odd, is one person's matter."""
    give(hgd, row)
    assert hgd.circuit_opens() == (row.code == "outage")


BIRTHS: list[Any] = ["1945", "00/00/1945", "1945-00-00", 1945, "1945-05-19T00:00:00", "1945-02-29", "x", [], {}]
PHONES: list[Any] = ["+84", 84983847986, None, [], "0983 847 986 x"]
ODD: list[dict[str, Any]] = [
    *({"date_of_birth": birth} for birth in BIRTHS),
    *({"phone": phone} for phone in PHONES),
    {"sex": {"deep": [1, 2]}, "bhxh_code": None, "found_at": "x"},
]


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_one_odd_field_never_spoils_the_answer(hgd: Hgd, odd: dict[str, Any]) -> None:
    hgd.says(200, {"found": True, "full_name": NAME} | odd)
    answer = hgd.directory.look_up(CODE, timeout_seconds=1)
    assert (answer.found, answer.full_name) == (True, NAME)
    hgd.says(200, {"found": False} | odd)
    assert hgd.directory.look_up(CODE, timeout_seconds=1) == Answer(found=False)


@pytest.mark.parametrize(
    "body", [b"[]", b"null", b'"x"', b"1", b"{}", b'{"found": null}', b'{"found": 1}', b'{"found": true}']
)
def test_an_answer_that_came_never_opens_the_circuit(hgd: Hgd, body: bytes) -> None:
    hgd.says(200, body)
    assert not hgd.circuit_opens()


@pytest.mark.parametrize("status", [*range(200, 600)])
def test_every_status_is_understood(hgd: Hgd, status: int) -> None:
    hgd.says(status, b"<html>")
    error = hgd.raised()
    assert isinstance(error, ChassisError)
    # what is not in the table is held, never final
    assert not isinstance(error, Permanent) or status in (400, 422)


EXCEPTIONS = [
    *(cls for _, cls in inspect.getmembers(requests.exceptions, inspect.isclass) if issubclass(cls, Exception)),
    *(cls for _, cls in inspect.getmembers(urllib3.exceptions, inspect.isclass) if issubclass(cls, Exception)),
    *(OSError, TimeoutError, ValueError, KeyError, ssl.SSLError),
]


@pytest.mark.parametrize("cls", EXCEPTIONS, ids=lambda cls: f"{cls.__module__}.{cls.__name__}")
def test_every_exception_becomes_one_of_ours(hgd: Hgd, cls: type[Exception]) -> None:
    error = cls.__new__(cls)
    error.args = (f"about {CODE}",)
    hgd.answer = error
    assert isinstance(hgd.raised(), Transient)
