"""Run one process of the system, with its log and its address."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from services.chassis.testing.processes import Process, kill_family, spawn, tail, wait_until

ROOT = Path(__file__).resolve().parents[1]
#: the only variables taken from the shell: a DATABASE_URL there must not leak into a test
_KEPT = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "VIRTUAL_ENV",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONPYCACHEPREFIX",
    "SSL_CERT_FILE",
)
_OK = 200
#: parts of a service that come from another one
_FROM_OTHERS = frozenset({"keys"})
_START_SECONDS = 60.0
_LOG_LINES = 60


class ProgramError(AssertionError):
    """A program did not start, or misbehaved; the text ends with its log."""


def environment_with(extra: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a child process: the few variables that every program needs, and `extra`."""
    kept = {key: os.environ[key] for key in _KEPT if key in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore", **extra}


class Program:
    """A child process that ends with ours, however ours ends.

    :param command: arguments for this Python interpreter.
    :param address: its base URL and the path that returns 200 once it is ready; without one, `ready` reads its log.
    :param directory: where it runs, and so whose modules it imports: another release's, for instance.
    :param within: a command that runs it somewhere else, such as `nsenter --net=…`.
    """

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        folder: Path,
        extra: Mapping[str, str],
        address: tuple[str, str] | None = None,
        directory: Path = ROOT,
        within: Sequence[str] = (),
    ) -> None:
        self.name = name
        self._directory = directory
        self.log = folder / f"{name}.log"
        self._address = address
        self._command = [*within, sys.executable, *command]
        self._environment = environment_with(extra)
        self._process: Process | None = None

    # Its state

    @property
    def pid(self) -> int:
        """Return the process id.

        :raises ProgramError: if it was not started.
        """
        return self._started().pid

    @property
    def running(self) -> bool:
        """Tell whether the process is alive (it may still be starting)."""
        return self._process is not None and self._process.poll() is None

    @property
    def output(self) -> str:
        """Return everything it has written."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """Return the events of a JSON log, all or those of one name."""
        lines = [json.loads(line) for line in self.output.splitlines() if line.startswith("{") and line.endswith("}")]
        return [line for line in lines if name in (None, line.get("event"))]

    def tail(self, lines: int = 40) -> str:
        """Return the end of its log."""
        ended = "" if self.running else " (its process has ended)"
        return f"--- {self.log}{ended}\n{tail(self.log, lines)}"

    # Starting and stopping

    def start(self) -> Self:
        """Start it without waiting; do nothing if it is running. The log is appended to."""
        if not self.running:
            with self.log.open("ab") as output:
                self._process = spawn(self._command, environment=self._environment, directory=self._directory, output=output)
        return self

    def until(self, condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
        """Wait for `condition`.

        :raises ProgramError: if the process dies meanwhile or it takes too long, with the end of the log.
        """
        held = wait_until(lambda: condition() or not self.running, seconds, interval_seconds=0.05) and condition()
        if not held:
            code = self._started().poll()
            how = f"within {seconds:g} s" if code is None else f"before it ended (status {code})"
            raise ProgramError(f"{self.name}: not {what} {how}\n{self.tail(_LOG_LINES)}")

    def ready(self, seconds: float = _START_SECONDS) -> Self:
        """Wait until it reports that it is ready.

        :raises ProgramError: if it ends or takes too long.
        """
        self.until(self.is_ready, "ready", seconds)
        return self

    def is_ready(self) -> bool:
        """Tell whether it is ready now, with all its parts: a service is ready for requests without its broker.

        What another service gives is not waited for: that may be started later.
        """
        if self._address is None:
            return bool(self.events("service_ready"))
        try:
            with urllib.request.urlopen("".join(self._address), timeout=5) as answer:  # noqa: S310  # our own address
                return bool(answer.status == _OK) and set(json.load(answer).get("degraded", ())) <= _FROM_OTHERS
        except (urllib.error.URLError, OSError, ValueError):
            return False

    def terminate(self) -> None:
        """Send SIGTERM, without waiting."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)

    def wait(self, seconds: float = 60) -> int:
        """Wait for its end and return the exit code.

        :raises ProgramError: if it is still running then.
        """
        try:
            return self._started().wait(seconds)
        except subprocess.TimeoutExpired:
            raise ProgramError(f"{self.name} still runs after {seconds:g} s\n{self.tail(_LOG_LINES)}") from None

    def stop(self, seconds: float = 60) -> int:
        """Send SIGTERM, then SIGKILL if it takes too long; return the exit code (0 if it never ran)."""
        if self._process is None:
            return 0
        self.terminate()
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return -signal.SIGKILL

    def kill(self) -> None:
        """Send SIGKILL to it and its children, like a crash."""
        if self._process is not None:
            kill_family(self._process)

    def _started(self) -> Process:
        if self._process is None:
            raise ProgramError(f"{self.name} does not run")
        return self._process


def service(ref: str, *arguments: str, folder: Path, amqp_uri: str, database_url: str, **settings: Any) -> Program:
    """Start a service (`module:Class`) with its own log; settings are keyword arguments, in capitals as documented."""
    name = f"{ref.rpartition(':')[2].lower()}-{os.urandom(3).hex()}"
    extra = {"AMQP_URI": amqp_uri, "DATABASE_URL": database_url} | {key: str(value) for key, value in settings.items()}
    command = ["-m", "services.chassis.bus.process", ref, *arguments]
    return Program(name, command, folder=folder, extra=extra).start()
