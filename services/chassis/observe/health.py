"""Health checks of a process: which part is unwell, and what an operator should do.

A check is a function that returns None, or a sentence that says what is wrong and what to do. Anyone who can reach `/readyz`
reads it, so it names hosts and queues, never passwords or people. A check that raises is reported by the error's class alone,
with the remedy given to `add`.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Check = Callable[[], str | None]


@dataclass(frozen=True)
class Part:
    """Result of one check; `problem` is None when it passed."""

    name: str
    problem: str | None
    seconds: float


@dataclass(frozen=True)
class Report:
    """Results of all checks."""

    parts: tuple[Part, ...]

    @property
    def ready(self) -> bool:
        """Whether every check passed."""
        return all(part.problem is None for part in self.parts)

    def as_json(self) -> dict[str, Any]:
        """Return the body of `/readyz`."""
        return {
            "status": "ready" if self.ready else "not_ready",
            "parts": {
                part.name: {"ok": part.problem is None, "seconds": round(part.seconds, 3)}
                | ({} if part.problem is None else {"problem": part.problem})
                for part in self.parts
            },
        }


class _Runner:
    """One check and its latest run. A run that hangs is left alone, and no second one is started beside it."""

    def __init__(self, name: str, check: Check, remedy: str) -> None:
        self.name = name
        self._check = check
        self._remedy = remedy
        self._thread: threading.Thread | None = None
        self._started = 0.0
        self._finished = threading.Event()
        self._part: Part | None = None

    def start(self) -> None:
        if self._thread is not None and not self._finished.is_set():
            return
        self._started = time.monotonic()
        self._finished = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"health-{self.name}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            problem = self._check() or None
        except Exception as error:  # whatever it is, the report must say so
            problem = f"{type(error).__name__}. {self._remedy}".rstrip()
        self._part = Part(self.name, problem, time.monotonic() - self._started)
        self._finished.set()

    def result(self, deadline: float) -> Part:
        if self._finished.wait(max(0.0, deadline - time.monotonic())) and self._part is not None:
            return self._part
        waited = time.monotonic() - self._started
        return Part(self.name, f"no answer after {waited:.1f} s. {self._remedy}".rstrip(), waited)


class Health:
    """The named checks of one process.

    `timeout_seconds` bounds all checks together (they run concurrently); a report is reused for `reuse_seconds`, so that many
    requests cost no more than one.
    """

    def __init__(self, *, timeout_seconds: float = 2.0, reuse_seconds: float = 1.0) -> None:
        self._timeout_seconds = timeout_seconds
        self._reuse_seconds = reuse_seconds
        self._runners: dict[str, _Runner] = {}
        self._lock = threading.Lock()
        self._report: Report | None = None
        self._reported_at = 0.0
        self._stopping = False

    def add(self, name: str, check: Check, remedy: str = "") -> None:
        """Register a check; `remedy` says what to do when it raises or hangs.

        Raises ValueError when the name is taken.
        """
        if name in self._runners:
            raise ValueError(f"health check {name!r} is already registered")
        self._runners[name] = _Runner(name, check, remedy)

    def stopping(self) -> None:
        """Report not ready from now on, whatever the checks say."""
        self._stopping = True

    def report(self) -> Report:
        """Run the checks, or answer from the latest run; takes at most `timeout_seconds`."""
        if self._stopping:
            return Report((Part("process", "stopping; send requests to another process", 0.0),))
        with self._lock:
            if self._report is None or time.monotonic() - self._reported_at >= self._reuse_seconds:
                self._report = self._run_all()
                self._reported_at = time.monotonic()
            return self._report

    def _run_all(self) -> Report:
        runners = list(self._runners.values())
        deadline = time.monotonic() + self._timeout_seconds
        for runner in runners:
            runner.start()
        return Report(tuple(runner.result(deadline) for runner in runners))
