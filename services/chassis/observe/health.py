"""Health checks of a process: which part is unwell, and what an operator should do.

A check is a function that returns None, or a sentence that says what is wrong and what to do. Anyone who can reach `/readyz`
reads it, so it names hosts and queues, never passwords or people. A check that raises is reported by the text of an error of
ours, by the class alone of any other, and with the remedy given to `add`.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from services.chassis.errors import ChassisError, Held, SettingsError

Check = Callable[[], str | None]


@dataclass(frozen=True)
class Part:
    """Result of one check; `problem` is None when it passed. Requests can be served without a part that is not `critical`."""

    name: str
    problem: str | None
    seconds: float
    critical: bool = True


@dataclass(frozen=True)
class Report:
    """Results of all checks."""

    parts: tuple[Part, ...]

    @property
    def ready(self) -> bool:
        """Whether requests can be served: every critical check passed."""
        return all(part.problem is None for part in self.parts if part.critical)

    def as_json(self) -> dict[str, Any]:
        """Return the body of `/readyz`; `degraded` names every part that is unwell."""
        return {
            "status": "ready" if self.ready else "not_ready",
            "degraded": [part.name for part in self.parts if part.problem is not None],
            "parts": {
                part.name: {"ok": part.problem is None, "critical": part.critical, "seconds": round(part.seconds, 3)}
                | ({} if part.problem is None else {"problem": part.problem})
                for part in self.parts
            },
        }


class _Runner:
    """One check and its latest run. A run that hangs is left alone, and no second one is started beside it."""

    def __init__(self, name: str, check: Check, remedy: str, critical: bool) -> None:
        self.name = name
        self._check = check
        self._remedy = remedy
        self._critical = critical
        self._was_well = False
        self._started = 0.0
        self._latest: Future[Part] | None = None

    def start(self) -> Future[Part]:
        if self._latest is None or self._latest.done():
            self._started, self._latest = time.monotonic(), Future()
            threading.Thread(target=self._run, args=(self._latest,), name=f"health-{self.name}", daemon=True).start()
        return self._latest

    def _run(self, latest: Future[Part]) -> None:
        critical = self._critical
        try:
            problem = self._check() or None
        except Exception as error:  # whatever it is, the report must say so
            # ours hold nothing about people; a driver's text may quote a URL with its password
            said = str(error) if isinstance(error, ChassisError) else ""
            problem = f"{(said or type(error).__name__).rstrip('.')}. {self._remedy}".rstrip()
            # no outage, which would take every process out: this one was never given what it needs (decision 52)
            critical = critical or (not self._was_well and isinstance(error, Held | SettingsError))
        self._was_well = self._was_well or problem is None
        latest.set_result(Part(self.name, problem, time.monotonic() - self._started, critical))

    def result(self, latest: Future[Part], deadline: float) -> Part:
        try:
            return latest.result(max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            waited = time.monotonic() - self._started
            return Part(self.name, f"no answer after {waited:.1f} s. {self._remedy}".rstrip(), waited, self._critical)


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

    def add(self, name: str, check: Check, remedy: str = "", *, critical: bool = True) -> None:
        """Register a check; `remedy` says what to do when it raises or hangs.

        Not `critical` is what requests can be served without (the broker: facts wait in the outbox). It is reported, and
        the process stays ready; unless the check raises Held or SettingsError and was never well in this process: then somebody
        has started it without what it needs, and requests go to those that were given it.

        Raises ValueError when the name is taken.
        """
        if name in self._runners:
            raise ValueError(f"health check {name!r} is already registered")
        self._runners[name] = _Runner(name, check, remedy, critical)

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
        deadline = time.monotonic() + self._timeout_seconds
        runs = [(runner, runner.start()) for runner in self._runners.values()]
        return Report(tuple(runner.result(latest, deadline) for runner, latest in runs))
