"""People who hand in dossiers and look at them while something is wrong, and remember every answer."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from services.chassis.testing.processes import wait_until

_SECONDS = 30
_PAUSE_SECONDS = 0.5
_CREATED, _AWAY, _ERROR = 201, 503, 500


class Callers:
    """``writers`` hand in dossiers one after the other, as many look at them, from ``start`` until ``stop``.

    A dossier that gets no 201 is handed in again under its key, until it does.
    """

    def __init__(self, port: int, *, writers: int = 3) -> None:
        self.answers: Counter[str] = Counter()
        self.accepted: set[int] = set()
        #: 503 that did not say when to come back
        self.without_retry_after = 0
        #: from the first request for a dossier to its 201
        self.longest_seconds = 0.0
        self._port = port
        self._next = 0
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._open = threading.Event()
        self._busy = 0
        roles = [self._write] * writers + [self._look] * writers
        self._threads = [threading.Thread(target=role, daemon=True) for role in roles]

    def start(self) -> None:
        self.go_on()
        for thread in self._threads:
            thread.start()

    def pause(self) -> None:
        """Finish what is begun, and begin nothing until ``go_on``."""
        self._open.clear()
        assert wait_until(lambda: self._busy == 0, _SECONDS), self.figures()

    def go_on(self) -> None:
        self._open.set()

    def move_to(self, port: int) -> None:
        """Ask another process from now on."""
        self._port = port

    def stop(self, seconds: float = 60) -> None:
        """Finish what is begun.

        :raises TimeoutError: if a dossier is still not accepted after ``seconds``.
        """
        self._stopping.set()
        self.go_on()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            raise TimeoutError(f"a dossier was not accepted within {seconds:g} s: {dict(self.answers)}")

    def _write(self) -> None:
        while not self._stopping.is_set():
            with self._turn() as number:
                body = json.dumps({"number": number, "full_name": "Nguyễn Thành Biên"})
                began = time.monotonic()
                while self._ask("POST", "/intake/dossiers", body, {"Idempotency-Key": f"dossier-{number}"}) != _CREATED:
                    time.sleep(_PAUSE_SECONDS)
                with self._lock:
                    self.accepted.add(number)
                    self.longest_seconds = max(self.longest_seconds, time.monotonic() - began)

    def _look(self) -> None:
        while not self._stopping.is_set():
            with self._turn(new=False) as number:
                self._ask("GET", f"/intake/dossiers/{number}")
            time.sleep(0.02)

    @contextmanager
    def _turn(self, *, new: bool = True) -> Iterator[int]:
        """Wait while there is a pause; then a new dossier's number, or that of an old one."""
        while True:
            self._open.wait()
            with self._lock:
                if self._open.is_set():
                    self._busy += 1
                    self._next += new
                    number = self._next if new else max(1, self._next // 2)
                    break
        try:
            yield number
        finally:
            with self._lock:
                self._busy -= 1

    def _ask(self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_SECONDS)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json", **(headers or {})})
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._count(f"{method} {type(error).__name__}")
            return None
        finally:
            connection.close()
        self._count(f"{method} {answer.status}", lacks=answer.status == _AWAY and not answer.headers["Retry-After"])
        return answer.status

    def _count(self, outcome: str, *, lacks: bool = False) -> None:
        with self._lock:
            self.answers[outcome] += 1
            self.without_retry_after += lacks

    def figures(self) -> dict[str, Any]:
        """What they were answered."""
        statuses = {outcome: int(outcome.split()[1]) for outcome in self.answers if outcome.split()[1].isdigit()}
        return {
            "answers": dict(sorted(self.answers.items())),
            "answers_500": sum(
                self.answers[outcome] for outcome, status in statuses.items() if status >= _ERROR and status != _AWAY
            ),
            "answers_503": sum(self.answers[outcome] for outcome, status in statuses.items() if status == _AWAY),
            "without_retry_after": self.without_retry_after,
            "unanswered": sum(count for outcome, count in self.answers.items() if outcome not in statuses),
            "longest_wait_seconds": round(self.longest_seconds, 1),
        }
