"""Watch services under attack: how long `/healthz` takes, and how much memory their processes hold."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any, Self

import psutil
import requests

#: an answer that takes longer counts as silence
SLOW_SECONDS = 1.0
_EVERY_SECONDS = 0.25
_GIVE_UP_SECONDS = 10.0
_MIB = 2**20


class Watcher:
    """Ask every `/healthz` four times a second, and look at the memory of the processes, as a context manager.

    :param urls: base address of each service, by name: `{"accounts": "http://127.0.0.1:8103"}`.
    :param pids: process of each service, by name; its children count with it.
    """

    def __init__(self, urls: Mapping[str, str], pids: Mapping[str, int] | None = None) -> None:
        self._done = threading.Event()
        self._slow = dict.fromkeys(urls, 0.0)
        self._longest = dict.fromkeys(urls, 0.0)
        self._asked = dict.fromkeys(urls, 0)
        self._peaks = dict.fromkeys(pids or {}, 0.0)
        jobs = [(self._ask, name, url) for name, url in urls.items()]
        self._threads = [threading.Thread(target=job, args=(name, what), daemon=True) for job, name, what in jobs]
        self._threads += [
            threading.Thread(target=self._weigh, args=(name, pid), daemon=True) for name, pid in (pids or {}).items()
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join(_GIVE_UP_SECONDS + 1)

    def figures(self) -> dict[str, Any]:
        """Return the worst service's figures: seconds of `/healthz` above one second, longest answer, most memory (MiB)."""
        found: dict[str, Any] = {
            "healthz_asked": sum(self._asked.values()),
            "healthz_slow_seconds": round(max(self._slow.values(), default=0.0), 1),
            "healthz_longest_seconds": round(max(self._longest.values(), default=0.0), 2),
        }
        if self._peaks:
            found |= {
                "rss_max_mib": round(max(self._peaks.values()), 1),
                "rss_mib": {k: round(v, 1) for k, v in self._peaks.items()},
            }
        return found

    def _ask(self, name: str, url: str) -> None:
        while not self._done.is_set():
            began = time.monotonic()
            good = _is_healthy(url)
            took = time.monotonic() - began
            self._asked[name] += 1
            self._longest[name] = max(self._longest[name], took)
            # a refusal takes no time, and the service is silent until the next question
            if took > SLOW_SECONDS or not good:
                self._slow[name] += max(took, _EVERY_SECONDS)
            self._done.wait(_EVERY_SECONDS)

    def _weigh(self, name: str, pid: int) -> None:
        while not self._done.is_set():
            self._peaks[name] = max(self._peaks[name], resident_mib([pid]))
            self._done.wait(_EVERY_SECONDS)


def resident_mib(pids: Iterable[int]) -> float:
    """Return the resident memory of these processes and all their children, in MiB; ended ones weigh nothing."""
    total = 0
    for pid in pids:
        try:
            process = psutil.Process(pid)
            family = [process, *process.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
        for member in family:
            try:
                total += member.memory_info().rss
            except psutil.NoSuchProcess:
                continue
    return total / _MIB


def _is_healthy(url: str) -> bool:
    """Ask on a connection of its own, as a probe does."""
    try:
        return requests.get(f"{url}/healthz", timeout=_GIVE_UP_SECONDS, proxies={"http": ""}).ok
    except requests.RequestException:
        return False
