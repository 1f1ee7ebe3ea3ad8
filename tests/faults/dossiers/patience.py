"""A client that does not give up: whatever is dead just now will be back."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from typing import Any

import requests

from playground.account import Account
from playground.web import Web

_LONGEST_SECONDS = 120.0
_PAUSE_SECONDS = 0.2
#: what a client should try again: told to come later, or a gateway's and a broken service's answers
_LATER = frozenset({429, 502, 503, 504})
_RUNNING = "idempotency-key-running"


class PatientWeb(Web):
    """Sends a request again until it is answered, each POST under one Idempotency-Key all along."""

    patience_seconds = _LONGEST_SECONDS

    def __init__(self, bases: Any) -> None:
        super().__init__(bases)
        #: why requests were sent again, over the life of this client
        self.again: Counter[str] = Counter()

    def send(self, method: str, url: str, **how: Any) -> requests.Response:
        if method == "POST":
            how["headers"] = {"Idempotency-Key": str(uuid.uuid4()), **(how.get("headers") or {})}
        deadline = time.monotonic() + _LONGEST_SECONDS
        while True:
            answer: requests.Response | None = None
            try:
                answer = super().send(method, url, **how)
                why = _why_again(answer)
                if why is None:
                    return answer
            except (requests.ConnectionError, requests.Timeout) as error:
                why = type(error).__name__
            self.again[why] += 1
            if time.monotonic() > deadline:
                assert answer is not None, f"{method} {url}: no answer in {_LONGEST_SECONDS:g} s ({why})"
                return answer
            time.sleep(_PAUSE_SECONDS)


def refreshed(account: Account) -> None:
    """A fresh token for the same session, as soon as accounts is there to give one; the one at hand is good meanwhile.

    :raises requests.ConnectionError, AssertionError: if it is not there for two minutes.
    """
    deadline = time.monotonic() + _LONGEST_SECONDS
    while True:
        try:
            account.refresh()
            return
        except (requests.ConnectionError, requests.Timeout, AssertionError) as error:
            away = not isinstance(error, AssertionError) or ": 503," in str(error)
            if not away or time.monotonic() > deadline:
                raise
        time.sleep(_PAUSE_SECONDS)


def _why_again(answer: requests.Response) -> str | None:
    if answer.status_code in _LATER:
        return str(answer.status_code)
    if answer.status_code == 409 and _RUNNING in answer.text:
        return _RUNNING
    return None
