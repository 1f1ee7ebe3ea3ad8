"""Services as processes that can be killed, stopped and started again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from services.chassis.testing.processes import spawn, tail, wait_until

_ROOT = Path(__file__).resolve().parents[2]
_STOP_SECONDS = 45.0


class ServiceProgram:
    """One process of one service; its log grows over all its lives."""

    def __init__(self, name: str, reference: str, environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.environment = dict(environment)
        self.log = log
        self.reference = reference
        self._began_at = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it with ``--wait``: broker and database may be away just now."""
        command = [sys.executable, "-m", "services.chassis.bus.process", self.reference, "--wait"]
        with self.log.open("ab") as output:
            self._began_at = output.tell()
            self._process = spawn(command, environment={**os.environ, **self.environment}, directory=_ROOT, output=output)

    def kill(self) -> None:
        """SIGKILL, wherever it is."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def stop(self) -> float:
        """SIGTERM, and wait for a clean end; answers the seconds it took.

        :raises AssertionError: if it does not end in time, or not with 0.
        """
        assert self._process is not None
        began = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        ended = wait_until(lambda: not self.running, _STOP_SECONDS)
        if not ended:
            self.kill()
        assert ended, f"{self.name} did not stop within {_STOP_SECONDS:.0f} s:\n{tail(self.log)}"
        # -SIGTERM: the interpreter itself was still starting, so nothing of ours had begun
        early = (
            self._process.returncode == -signal.SIGTERM and b"service_ready" not in self.log.read_bytes()[self._began_at :]
        )
        assert self._process.returncode == 0 or early, (
            f"{self.name} stopped with {self._process.returncode}:\n{tail(self.log)}"
        )
        return time.monotonic() - began
