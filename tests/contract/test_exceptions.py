"""Each exception of the libraries through which we speak with others has a meaning that somebody decided (exceptions.toml)."""

from __future__ import annotations

import contextlib
import http.client
import inspect
import socket
import ssl
import threading
import urllib.error
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import joserfc.errors
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.web import auth
from services.chassis.web.keys import KeysUnavailable, PublishedKeys
from services.chassis.web.tokens import read_jwks
from tests.contract import exceptions
from tests.stand.tokens import token, verifier

WRITE = "look whose fault it is, then: python -m tests.contract.exceptions"


@pytest.mark.parametrize("module", exceptions.LIBRARIES)
def test_every_exception_of_a_library_is_known_with_what_ours_makes_of_it(module: str) -> None:
    assert exceptions.found(module) == exceptions.recorded().get(module), WRITE


def test_no_library_is_recorded_that_we_do_not_use_any_more() -> None:
    assert exceptions.recorded().keys() == exceptions.LIBRARIES.keys(), WRITE


def test_a_class_that_a_new_version_brings_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    brought = type("NewInThisVersion", (joserfc.errors.JoseError,), {})
    monkeypatch.setattr(joserfc.errors, "NewInThisVersion", brought, raising=False)
    assert exceptions.found("joserfc.errors") != exceptions.recorded()["joserfc.errors"]


ASKING = [
    cls
    for module in (urllib.error, http.client, ssl, socket)
    for _, cls in inspect.getmembers(module, inspect.isclass)
    if issubclass(cls, Exception) and not cls.__name__.startswith("_")
] + [ValueError, RecursionError, KeyError, UnicodeDecodeError]


@pytest.mark.parametrize("cls", ASKING, ids=lambda cls: f"{cls.__module__}.{cls.__name__}")
def test_keys_that_cannot_be_read_are_nobodys_fault(cls: type[Exception]) -> None:
    error: Any = cls.__new__(cls)
    if isinstance(error, urllib.error.HTTPError):
        error.code = 502

    def fails() -> Any:
        raise error

    with pytest.raises(KeysUnavailable):
        PublishedKeys(fails, refresh_seconds=0).find("one")


@pytest.mark.parametrize("cls", list(exceptions.classes("joserfc.errors")), ids=lambda cls: cls.__name__)
def test_every_exception_of_the_token_library_refuses_the_token(
    monkeypatch: pytest.MonkeyPatch, cls: type[Exception]
) -> None:
    def fails(*_: Any, **__: Any) -> Any:
        raise cls.__new__(cls)

    monkeypatch.setattr("joserfc.jwt.decode", fails)
    with pytest.raises(auth.InvalidToken):
        verifier()(token())


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(st.binary(max_size=80).map(lambda raw: raw.hex()), min_size=3, max_size=3).map(".".join),
        st.tuples(st.integers(0, 200), st.characters()).map(lambda change: _spoilt(*change)),
    )
)
def test_whatever_a_stranger_sends_as_a_token_is_refused_or_let_in_and_nothing_else(given_token: str) -> None:
    with contextlib.suppress(auth.InvalidToken):
        assert _CHECK(given_token).id == "a-1"


_CHECK, _GOOD = verifier(), token()


def _spoilt(place: int, sign: str) -> str:
    return _GOOD[:place] + sign + _GOOD[place + 1 :]


class Publisher(HTTPServer):
    """Answers with a status and a body."""

    answer: tuple[int, bytes] = (200, b"")


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Publisher)
        status, body = server.answer
        self.send_response(status)
        self.send_header("Location", "/again")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture(scope="module")
def publisher() -> Iterator[Publisher]:
    with Publisher(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize("status", [200, 201, 204, *range(300, 309), *range(400, 432), 451, *range(500, 512), 599])
def test_every_status_of_the_publisher_without_keys_is_nobodys_fault(publisher: Publisher, status: int) -> None:
    for body in (b"", b"<html>busy</html>", b"[]", b"null", b"{}", b'{"keys": [1]}', b"\xff\xfe", b"[" * 5000):
        publisher.answer = (status, b"" if status in (204, 304) else body)
        keys = PublishedKeys(lambda: read_jwks(f"http://127.0.0.1:{publisher.server_port}/"), refresh_seconds=0)
        with pytest.raises(KeysUnavailable):
            keys.find("one")
        assert "cannot be read" in str(keys.check())
