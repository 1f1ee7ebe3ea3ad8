"""In place of botocore's HTTP session: what the next request of an adapter is answered, or meets."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import botocore.exceptions
import botocore.httpsession
import pytest
import urllib3.exceptions
from botocore.awsrequest import AWSResponse

#: every exception that botocore and the library below it declare, and some of Python's
EXCEPTIONS = [
    *(cls for _, cls in inspect.getmembers(botocore.exceptions, inspect.isclass) if issubclass(cls, Exception)),
    *(cls for _, cls in inspect.getmembers(urllib3.exceptions, inspect.isclass) if issubclass(cls, Exception)),
    *(OSError, TimeoutError, ValueError, KeyError),
]


class Body:
    """The raw part of an answer."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self._content


class Answering:
    """The next answer, or exception, of each call of `calls` to an `adapter`; `private`: what no error may quote."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        calls: Mapping[str, Callable[[Any], Any]],
        private: str,
        adapter: Callable[[], Any],
    ) -> None:
        self.answer: Any = None
        self.requests: list[Any] = []
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        monkeypatch.setattr(botocore.httpsession.URLLib3Session, "send", lambda _session, request: self._send(request))
        self._calls, self._private, self.adapter = calls, private, adapter()

    def _send(self, request: Any) -> Any:
        self.requests.append(request)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer

    def says(self, status: int, body: Any, code: str = "") -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"x-amzn-ErrorType": code} if code else {}
        self.answer = AWSResponse("http://127.0.0.1:1", status, headers, Body(raw))

    def meets(self, cls: type[Exception]) -> None:
        """Raise such an exception, made without its constructor, whose arguments differ."""
        self.answer = cls.__new__(cls)
        self.answer.args = (f"about {self._private}",)
        if issubclass(cls, botocore.exceptions.ClientError):
            self.answer.response = {}

    def raised(self, call: str) -> Exception | None:
        """What the call raises; None if it returns. Whatever it is, it quotes nobody."""
        try:
            self._calls[call](self.adapter)
        except Exception as error:
            caught = error
        else:
            return None
        assert self._private not in str(caught)
        assert caught.__cause__ is None
        return caught
