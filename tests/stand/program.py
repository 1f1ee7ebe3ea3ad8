"""A service in a process of its own, as it runs in production, with its log read back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.chassis.testing.processes import Process, kill_family, spawn, wait_until

_ROOT = Path(__file__).parents[2]
_START_SECONDS = 60
#: of the developer's shell, only what a program needs to be found; a DATABASE_URL there must not reach it
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")


class Program:
    """A process and what it writes. It dies with the test run, however that ends."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str], name: str) -> None:
        self.log = folder / f"{name}-{os.urandom(3).hex()}.log"
        kept = {key: os.environ[key] for key in _KEPT if key in os.environ}
        with self.log.open("wb") as output:
            self._process: Process = spawn(
                [sys.executable, *command],
                environment={**kept, "PYTHONUNBUFFERED": "1", **environment},
                directory=_ROOT,
                output=output,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """The log's events, or those of one name."""
        lines = [json.loads(line) for line in self.output.splitlines() if line.startswith("{") and line.endswith("}")]
        return [line for line in lines if name in (None, line.get("event"))]

    def until(self, condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
        """Wait for `condition`; a process that dies meanwhile, or takes too long, fails the test with the end of its log."""
        if not wait_until(lambda: condition() or not self.running, seconds, interval_seconds=0.05) or not condition():
            raise AssertionError(f"not {what} within {seconds:g} s\n{self.output[-4000:]}")

    def ready(self) -> Program:
        """Wait until the service says that it is ready."""
        self.until(lambda: bool(self.events("service_ready")), "ready", _START_SECONDS)
        return self

    def terminate(self) -> None:
        """SIGTERM, without waiting."""
        self._process.send_signal(signal.SIGTERM)

    def wait(self, seconds: float = 60) -> int:
        """The exit code."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {seconds:g} s\n{self.output[-4000:]}") from None

    def stop(self, seconds: float = 60) -> int:
        """SIGTERM; the exit code."""
        self.terminate()
        return self.wait(seconds)

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        kill_family(self._process)


def service(ref: str, *arguments: str, folder: Path, amqp_uri: str, database_url: str, **settings: Any) -> Program:
    """Start a service (`module:Class`); settings as in its documentation, in capitals."""
    return Program(
        ["-m", "services.chassis.bus.process", ref, *arguments],
        folder,
        {"AMQP_URI": amqp_uri, "DATABASE_URL": database_url} | {key: str(value) for key, value in settings.items()},
        ref.rpartition(":")[2].lower(),
    )
