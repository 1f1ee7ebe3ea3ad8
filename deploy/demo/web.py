"""HTTP as the people of the story use it, with bounded waits and failures that show what was answered."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

import requests

JPEG = "image/jpeg"
_PAUSE_SECONDS = 0.05
_ANSWER_SECONDS = 30.0
#: what the services do by themselves takes a second or two; on a busy machine a few more
PATIENCE_SECONDS = 30.0
_SHOWN = 600

Seen = TypeVar("Seen")


class Unexpected(Exception):  # noqa: N818
    """An answer or a state other than the story needs."""


class Web:
    """All services behind one door: the first part of a path says which one is meant."""

    def __init__(self, bases: Mapping[str, str]) -> None:
        self._bases = dict(bases)
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the developer's shell has no business here

    def call(
        self,
        method: str,
        path: str,
        *,
        expect: int | Collection[int] = 200,
        token: str | None = None,
        tracking: str | None = None,
        headers: Mapping[str, str] | None = None,
        **how: Any,
    ) -> Any:
        """The answer's JSON (its bytes if it is none). Raises Unexpected for a status that is not expected."""
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if tracking:
            sent["X-Tracking-Code"] = tracking
        if method == "POST":
            sent["Idempotency-Key"] = str(uuid.uuid4())
        url = self._bases[path.split("/")[1]] + path
        answer = self._session.request(method, url, headers=sent, timeout=_ANSWER_SECONDS, **how)
        wanted = (expect,) if isinstance(expect, int) else tuple(expect)
        if answer.status_code not in wanted:
            raise Unexpected(f"{method} {path} answered {answer.status_code}, not {wanted}: {answer.text[:_SHOWN]}")
        return answer.json() if answer.content and "json" in answer.headers.get("Content-Type", "") else answer.content


def until(look: Callable[[], Seen], enough: Callable[[Seen], Any], what: str, seconds: float = PATIENCE_SECONDS) -> Seen:
    """Look until it is enough; what was seen then. Raises Unexpected with what was seen last."""
    deadline = time.monotonic() + seconds
    while not enough(seen := look()):
        if time.monotonic() > deadline:
            raise Unexpected(f"{what}: not within {seconds:g} s. Seen last: {str(seen)[-_SHOWN:]}")
        time.sleep(_PAUSE_SECONDS)
    return seen
