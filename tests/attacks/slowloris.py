"""A thousand connections that dribble, fall silent or never read, against one service without a front door."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.attacks.lonely import Lonely, lonely
from tests.attacks.watch import Watcher
from tests.operations.figures import AtLeast, AtMost

BARS = {"healthz_slow_seconds": 0, "rss_max_mib": AtMost(300), "people_answered_percent": AtLeast(90)}

_CONNECTIONS, _SECONDS, _LEAST_SECONDS = 1000, 60.0, 8.0
_TICK_SECONDS = 0.25
_HOST = b"Host: x\r\n"
_POST = b"POST /registration/declarations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n"
#: each kind of connection: what it sends first, then again and again, every so many seconds (0: as fast as it is taken)
KINDS = {
    "slow head": (b"GET /registration/offices HTTP/1.1\r\n", b"X", 1.0),
    "slow body": (_POST, b" ", 1.0),
    "body just fast enough": (_POST, b" " * 600, 1.0),
    "idle": (b"GET /healthz HTTP/1.1\r\n" + _HOST + b"\r\n", b"", 3600.0),
    "never reads": (b"", b"GET /registration/openapi.json HTTP/1.1\r\n" + _HOST + b"\r\n", 0.0),
}


@dataclass
class _Connection:
    """One of them; when it is closed, it comes again."""

    kind: str
    port: int
    source: str
    opened: int = 0
    _sock: socket.socket | None = None
    _next: float = 0.0
    _after: float = field(default_factory=random.random)

    def tick(self, now: float) -> None:
        """Do what is due."""
        first, more, every = KINDS[self.kind]
        if self._sock is None:
            self._open(first)
            self._next = now + self._after * every
            return
        try:
            if self.kind != "never reads" and not self._sock.recv(65536):
                self.close()
                return
        except BlockingIOError:
            pass
        except OSError:
            self.close()
            return
        if now >= self._next and more:
            self._next = now + every
            try:
                self._sock.send(more)
            except BlockingIOError:
                pass
            except OSError:
                self.close()

    def close(self) -> None:
        """Close it, if it is open."""
        if self._sock is not None:
            self._sock.close()
            self._sock = None

    @property
    def is_open(self) -> bool:
        return self._sock is not None

    def _open(self, first: bytes) -> None:
        sock = socket.socket()
        if self.kind == "never reads":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.bind((self.source, 0))
        sock.settimeout(2)
        try:
            sock.connect(("127.0.0.1", self.port))
            sock.sendall(first)
        except OSError:
            sock.close()
            return
        sock.setblocking(False)
        self._sock, self.opened = sock, self.opened + 1


def attack(port: int, connections: int, until: threading.Event, *, sources: int = 1) -> dict[str, object]:
    """Hold so many connections, of all kinds, from so many addresses of loopback, until told to stop."""
    names = list(KINDS)
    held = [
        _Connection(names[number % len(names)], port, f"127.0.0.{2 + number // len(names) % sources}")
        for number in range(connections)
    ]
    most_open = 0
    while not until.is_set():
        began = time.monotonic()
        for each in held:
            each.tick(time.monotonic())
        most_open = max(most_open, sum(each.is_open for each in held))
        until.wait(max(0.0, _TICK_SECONDS - (time.monotonic() - began)))
    opened: Counter[str] = Counter()
    for each in held:
        opened[each.kind] += each.opened
        each.close()
    return {"connections": connections, "most_open": most_open, "opened": dict(opened)}


def run(*, scale: float) -> dict[str, object]:
    """Attack as if from behind a proxy, where only the bounds for all hold, while people ask for lists of offices."""
    seconds, connections = max(_LEAST_SECONDS, _SECONDS * scale), max(50, int(_CONNECTIONS * scale))
    with lonely("registration", TRUSTED_PROXIES=1, HTTP_MAX_CONNECTIONS=max(25, int(500 * scale))) as attacked:
        return under_attack(attacked, connections, seconds)


def under_attack(attacked: Lonely, connections: int, seconds: float, *, sources: int = 1) -> dict[str, Any]:
    """Attack for so long; return how healthz, memory and people fared."""
    done, told = threading.Event(), {}

    def besiege() -> None:
        told.update(attack(attacked.port, connections, done, sources=sources))

    with Watcher({"registration": attacked.url}, {"registration": attacked.program.pid}) as watcher:
        attacker = threading.Thread(target=besiege)
        attacker.start()
        try:
            answered, asked = _people(attacked.url, seconds)
        finally:
            done.set()
            attacker.join()
    return {
        **told,
        "people_asked": asked,
        "people_answered_percent": round(100 * answered / asked, 1) if asked else 0.0,
        **watcher.figures(),
    }


def _people(url: str, seconds: float) -> tuple[int, int]:
    """Ask twice a second for a list, each time on a connection of its own; return how many were answered within 5 s, of how many."""
    answered, asked, end = 0, 0, time.monotonic() + seconds
    while time.monotonic() < end:
        asked += 1
        with contextlib.suppress(requests.RequestException):
            answered += (
                requests.get(f"{url}/registration/offices?province=01", timeout=5, proxies={"http": ""}).status_code == 200
            )
        time.sleep(0.5)
    return answered, asked
