"""Somebody who sends requests from an address of their choice, and counts the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import requests
from rich.console import Console
from rich.progress import track

_SECONDS = 30.0
_T = TypeVar("_T")


class Stranger:
    """A client that appears to come from `address`: the service must run with `TRUSTED_PROXIES=1` to believe it.

    `statuses` counts the answers; 0 stands for none at all.
    """

    def __init__(self, url: str, address: str | None = None) -> None:
        self.url = url
        self.statuses: Counter[int] = Counter()
        self._session = requests.Session()
        self._session.trust_env = False
        if address:
            self.move_to(address)

    def move_to(self, address: str) -> None:
        """Come from another address from now on."""
        self._session.headers["X-Forwarded-For"] = address

    def call(self, method: str, path: str, **options: Any) -> requests.Response | None:
        """Send a request (options as of `requests`) and return the answer; None if there is none within 30 s."""
        try:
            answer = self._session.request(method, self.url + path, timeout=_SECONDS, **options)
        except requests.RequestException:
            self.statuses[0] += 1
            return None
        self.statuses[answer.status_code] += 1
        return answer


def addresses(count: int) -> Iterator[str]:
    """Yield `count` different public IPv4 addresses, each in a network (/24) of its own."""
    for number in range(count):
        yield f"{101 + number // 65536}.{number // 256 % 256}.{number % 256}.7"


def counted(steps: Iterable[_T], what: str, total: int) -> Iterable[_T]:
    """Yield the steps while a progress bar on stderr shows how far the attack is."""
    return track(steps, what, total=total, console=Console(stderr=True))
