"""Every row of s3.toml, every HTTP status, and every exception of botocore, at each call that we make to S3."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import botocore.exceptions
import botocore.httpsession
import pytest
import urllib3.exceptions
from botocore.awsrequest import AWSResponse, HeadersDict

from services.chassis.documents import DocumentNotFound, DocumentStore, StoreMisconfigured, StoreUnavailable
from services.chassis.documents.s3 import TABLE, S3Documents
from services.chassis.errors import ChassisError, Held
from services.chassis.verdicts import Fault, Verdict

pytestmark = pytest.mark.rule("N14")

ID = "0" * 32 + "-" + "1" * 32
CALLS: dict[str, Callable[[DocumentStore], Any]] = {
    "check": lambda store: store.check(),
    "put": lambda store: store.put(b"portrait", "image/jpeg"),
    "get": lambda store: store.get(ID),
    "delete": lambda store: store.delete(ID),
    "put_name": lambda store: store.put_name("folder", "name"),
    "list_names": lambda store: store.list_names("folder"),
}


class Body:
    """The raw part of an answer."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self._content

    def read(self, *_: Any) -> bytes:
        content, self._content = self._content, b""
        return content

    def close(self) -> None: ...


class S3:
    """In place of botocore's session: the next answer, or exception."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answer: Any = None
        self.headers: dict[str, str] = {}
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        monkeypatch.setattr(botocore.httpsession.URLLib3Session, "send", self._send)
        self.store = S3Documents("dossiers", endpoint_url="http://127.0.0.1:1", attempts=1)

    def _send(self, *_: Any) -> Any:
        if isinstance(self.answer, BaseException):
            raise self.answer
        status, body = self.answer
        return AWSResponse("http://127.0.0.1:1", status, HeadersDict(self.headers), Body(body))

    def says(self, status: int, code: str | None = None) -> None:
        self.answer = (status, f"<Error><Code>{code}</Code><Key>{ID}</Key></Error>".encode() if code else b"")

    def raised(self, call: str) -> Exception | None:
        try:
            CALLS[call](self.store)
        except Exception as error:
            caught = error
        else:
            return None
        assert ID not in str(caught)
        assert caught.__cause__ is None
        return caught


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    """One for all: making a client takes longer than a hundred calls."""
    with pytest.MonkeyPatch.context() as patched:
        yield S3(patched)


def give(s3: S3, row: Verdict) -> None:
    cls: Any = getattr(botocore.exceptions, row.answer, None) or getattr(urllib3.exceptions, row.answer, None)
    if row.answer == "OSError":
        s3.answer = OSError("x")
    elif row.answer == "RecursionError":
        s3.answer = RecursionError("a store that redirects to itself")
    elif cls is not None:
        s3.answer = cls.__new__(cls)
    elif row.answer.startswith("HTTP "):
        s3.says(int(row.answer.removeprefix("HTTP ").replace("xx", "20")), "SomethingNew")
    else:
        s3.says(400, row.answer)


@pytest.mark.parametrize("row", TABLE.rows, ids=lambda row: row.answer)
def test_each_row_means_what_it_says(s3: S3, row: Verdict) -> None:
    give(s3, row)
    error = s3.raised("get")
    expected = {Fault.MESSAGE: DocumentNotFound, Fault.OURS: StoreMisconfigured, Fault.PASSING: StoreUnavailable}
    assert type(error) is expected[row.fault]
    if isinstance(error, Held):
        assert error.code == f"documents_{row.code}"


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", [301, 304, 400, 401, 403, 404, 405, 409, 412, 416, 418, 429, 500, 501, 503, 504, 599])
def test_every_status_is_understood_and_what_nobody_knows_is_held(s3: S3, call: str, status: int) -> None:
    for code in (None, "SomethingNew"):
        s3.says(status, code)
        error = s3.raised(call)
        assert error is None or isinstance(error, ChassisError)
    s3.says(400, "SomethingNew")
    assert isinstance(s3.raised(call), StoreMisconfigured)


EXCEPTIONS = [
    *(cls for _, cls in inspect.getmembers(botocore.exceptions, inspect.isclass) if issubclass(cls, Exception)),
    *(
        cls
        for _, cls in inspect.getmembers(urllib3.exceptions, inspect.isclass)
        if issubclass(cls, urllib3.exceptions.HTTPError)
    ),
    *(OSError, TimeoutError, ValueError),
]


@pytest.mark.parametrize("cls", EXCEPTIONS, ids=lambda cls: f"{cls.__module__}.{cls.__name__}")
@pytest.mark.parametrize("call", CALLS)
def test_every_exception_becomes_one_of_ours(s3: S3, call: str, cls: type[Exception]) -> None:
    error: Any = cls.__new__(cls)
    error.args = (f"about {ID}",)
    if issubclass(cls, botocore.exceptions.ClientError):
        error.response = {}
    s3.answer = error
    assert isinstance(s3.raised(call), StoreMisconfigured | StoreUnavailable)


GOOD = {"x-amz-meta-sha256": "0" * 64, "x-amz-meta-size": "8", "content-length": "8", "content-type": "image/jpeg"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, None) for name in GOOD),
        *(("content-length", value) for value in ("x", "-1", "", "99999999999999999999999", "8, 8")),
        *(
            ("last-modified", value)
            for value in ("never", "", "99999999999999999999", "Sat, 99 Nov 2026 00:00:00 GMT", "1e400")
        ),
        *(("x-amz-meta-size", value) for value in ("x", "-8", "٨", "9" * 40)),
        ("x-amz-meta-sha256", "é"),
        ("content-type", ""),
        ("content-type", "\x00"),
        ("content-encoding", "br"),
        ("x-amz-missing-meta", "many"),
        ("expires", "soon"),
        ("content-range", "bytes x"),
    ],
)
def test_a_head_that_something_in_between_has_changed_is_understood(s3: S3, name: str, value: str | None) -> None:
    s3.answer = (200, b"portrait")
    s3.headers = {**GOOD, name: value} if value is not None else {key: each for key, each in GOOD.items() if key != name}
    try:
        error = s3.raised("get")
    finally:
        s3.headers = {}
    assert isinstance(error, ChassisError)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{}", b"<a/>", b"\xff", b"<ListBucketResult><Contents/></ListBucketResult>"]
)
def test_a_list_that_is_none_is_understood(s3: S3, body: bytes) -> None:
    s3.answer = (200, body)
    assert s3.raised("list_names") is None or isinstance(s3.raised("list_names"), ChassisError)
