"""Call services over HTTP: one line per request, and failures that show the response."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

import requests

JPEG = "image/jpeg"
#: the expected status, or several
Status = int | Collection[int]
Seen = TypeVar("Seen")
#: pause between polls: a fifth of the time waited so far, so that a long wait puts no load on the services
_PAUSE_PART, _SHORTEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.2, 0.03, 0.5
_ANSWER_SECONDS = 30.0
_SHOWN = 2000


class Unexpected(AssertionError):  # noqa: N818  # read as an adjective
    """A response or state other than the expected one."""


def until(look: Callable[[], Seen], holds: Callable[[Seen], Any], what: str, seconds: float) -> Seen:
    """Poll `look` until `holds` accepts its result, and return that result.

    :raises Unexpected: after `seconds`, with the last result.
    """
    began = time.monotonic()
    while not holds(seen := look()):
        waited = time.monotonic() - began
        if waited > seconds:
            raise Unexpected(f"{what}: not within {seconds:g} s. Seen last: {str(seen)[-_SHOWN:]}")
        time.sleep(min(max(waited * _PAUSE_PART, _SHORTEST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS))
    return seen


class Web:
    """All services behind one client: the first part of a path (`/registration/…`) selects the service.

    Not thread-safe: use one `Web` per thread.
    """

    #: how long to wait for asynchronous work of other services
    patience_seconds = 40.0

    def __init__(self, bases: Mapping[str, str]) -> None:
        self.bases = dict(bases)
        self._session = requests.Session()
        self._session.trust_env = False  # ignore proxies configured in the developer's shell

    def call(
        self,
        method: str,
        path: str,
        *,
        expect: Status = 200,
        token: str | None = None,
        tracking: str | None = None,
        key: str | None = None,
        json: Any = None,
        data: bytes | None = None,
        content_type: str = JPEG,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Send a request and return the body: parsed JSON, other content as bytes, None if empty.

        :param expect: the expected status or statuses.
        :param key: the Idempotency-Key; a POST without one gets a fresh one.
        :raises Unexpected: for another status, with the response's text.
        """
        sent = {
            "Authorization": f"Bearer {token}" if token else None,
            "X-Tracking-Code": tracking,
            "Idempotency-Key": key or (str(uuid.uuid4()) if method == "POST" else None),
            "Content-Type": content_type if data is not None else None,
            **(headers or {}),
        }
        answer = self.send(
            method,
            self.url(path),
            headers={name: value for name, value in sent.items() if value is not None},
            json=json,
            data=data,
            params=params,
            timeout=_ANSWER_SECONDS,
        )
        right = {expect} if isinstance(expect, int) else set(expect)
        if answer.status_code not in right:
            raise Unexpected(f"{method} {path}: {answer.status_code}, not {expect}: {answer.text[:_SHOWN]}")
        if not answer.content:
            return None
        return answer.json() if "json" in answer.headers.get("Content-Type", "") else answer.content

    def send(self, method: str, url: str, **how: Any) -> requests.Response:
        """Send one request. A subclass may retry."""
        return self._session.request(method, url, **how)

    def url(self, path: str) -> str:
        """Return the full URL of a path."""
        return self.bases[path.split("/")[1]] + path

    def until(self, look: Callable[[], Seen], holds: Callable[[Seen], Any], what: str, seconds: float | None = None) -> Seen:
        """Poll until `holds`, by default for `patience_seconds`.

        :raises Unexpected: with the last result.
        """
        return until(look, holds, what, self.patience_seconds if seconds is None else seconds)
