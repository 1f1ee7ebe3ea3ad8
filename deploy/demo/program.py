"""One process of the system: its log, its address, its life."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from services.chassis.testing.processes import Process, kill_family, spawn, tail

ROOT = Path(__file__).resolve().parents[2]
#: of the shell, only what a program needs to be found; a DATABASE_URL there must not reach it
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


class ProgramError(RuntimeError):
    """Something did not start, or did not do what it should; the text ends with the log of who is responsible."""


def environment_with(extra: Mapping[str, str]) -> dict[str, str]:
    """What a child process gets: the few variables that every program needs, and `extra`."""
    kept = {key: os.environ[key] for key in _KEPT if key in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore", **extra}


class Program:
    """A process that ends with ours, however ours ends. `address` is its base URL and the path that answers 200 once it can work."""

    def __init__(
        self, name: str, command: list[str], address: tuple[str, str], *, folder: Path, extra: Mapping[str, str]
    ) -> None:
        self.name = name
        self.url, self._ready_path = address
        self.log = folder / f"{name}.log"
        self._command = [sys.executable, *command]
        self._environment = environment_with(extra)
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        """The process. Raises ProgramError when it was not started."""
        if self._process is None:
            raise ProgramError(f"{self.name} does not run")
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process is alive (it may still be starting)."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it without waiting; one that runs already is left alone. The log goes on where it ended."""
        if not self.running:
            with self.log.open("ab") as output:
                self._process = spawn(self._command, environment=self._environment, directory=ROOT, output=output)

    def wait_ready(self, seconds: float) -> None:
        """Wait until it says that it can work. Raises ProgramError when it ends or takes too long."""
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            if self._process is None or self._process.poll() is not None:
                code = None if self._process is None else self._process.returncode
                raise ProgramError(f"{self.name} ended (status {code}) instead of serving\n{self.tail()}")
            if time.monotonic() > deadline:
                raise ProgramError(f"{self.name} was not ready after {seconds:g} s\n{self.tail()}")
            time.sleep(0.05)

    def is_ready(self) -> bool:
        """Whether it can work just now."""
        try:
            with urllib.request.urlopen(self.url + self._ready_path, timeout=5) as answer:  # noqa: S310  # our own address
                return bool(answer.status == _OK)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self, seconds: float = 20) -> None:
        """SIGTERM, and SIGKILL when that takes too long."""
        self.terminate()
        if self._process is not None:
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        self._process = None

    def terminate(self) -> None:
        """SIGTERM, without waiting."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to it and its children, as a crash would."""
        if self._process is not None:
            kill_family(self._process)
        self._process = None

    def tail(self, lines: int = 40) -> str:
        """The end of its log."""
        ended = "" if self.running else " (its process has ended)"
        return f"--- {self.log}{ended}\n{tail(self.log, lines)}"
