"""HTTP as a client sees it: one line a request, and a failure that shows what was answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

import requests

JPEG = "image/jpeg"
#: the status that is right, or several
Status = int | Collection[int]
Seen = TypeVar("Seen")
#: between two looks: a fifth of the time waited so far, so that a long wait is not a load on those who are waited for
_PAUSE_PART, _SHORTEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.2, 0.03, 0.5
_ANSWER_SECONDS = 20.0


class Web:
    """All services behind one door: the first part of a path (`/registration/…`) says which one is meant.

    Not for several threads at once: each takes a `Web` of its own.
    """

    #: how long to wait for what other services do in their own time
    patience_seconds = 40.0

    def __init__(self, bases: Mapping[str, str]) -> None:
        self.bases = bases
        self._session = requests.Session()
        self._session.trust_env = False

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
        """What was answered: JSON read, anything else as bytes, None for nothing.

        :param expect: the status or statuses that are right; another one is an AssertionError with the answer's text.
        """
        sent = {
            "Authorization": f"Bearer {token}" if token else None,
            "X-Tracking-Code": tracking,
            "Idempotency-Key": key,
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
        assert answer.status_code in right, f"{method} {path}: {answer.status_code}, not {expect}: {answer.text[:2000]}"
        if not answer.content:
            return None
        return answer.json() if "json" in answer.headers.get("Content-Type", "") else answer.content

    def send(self, method: str, url: str, **how: Any) -> requests.Response:
        """One request, as it is. A subclass may try again."""
        return self._session.request(method, url, **how)

    def url(self, path: str) -> str:
        return self.bases[path.split("/")[1]] + path

    def until(
        self, look: Callable[[], Seen], holds: Callable[[Seen], bool], what: str, seconds: float | None = None
    ) -> Seen:
        """Look again and again until it `holds`; what was seen then.

        :raises AssertionError: with what was seen last, after `seconds` (by default our patience).
        """
        patience = self.patience_seconds if seconds is None else seconds
        began = time.monotonic()
        while not holds(seen := look()):
            waited = time.monotonic() - began
            assert waited < patience, f"not {what} after {patience:g} s, but {seen}"
            time.sleep(min(max(waited * _PAUSE_PART, _SHORTEST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS))
        return seen
