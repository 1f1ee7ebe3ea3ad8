"""The life of a private server: start, stop, kill, restart; the same for every kind."""

from __future__ import annotations

import abc
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from services.chassis.testing.processes import NodeError, Process, at_exit, family, free_port, kill_family, tail


class Node(abc.ABC):
    """A server of the test run's own, on 127.0.0.1, with its data below one folder.

    Subclasses say how to launch it and how to tell that it answers.
    """

    title: str
    stop_signal: signal.Signals = signal.SIGTERM

    def __init__(self, directory: Path) -> None:
        self.directory = Path(directory).absolute()
        self.port = free_port()
        self._process: Process | None = None
        self._registered = False

    # For the subclasses

    @abc.abstractmethod
    def _launch(self) -> Process:
        """Prepare the folder when it is new, and start the server."""

    @abc.abstractmethod
    def _answers(self) -> bool:
        """Whether a client is served; must not raise because the server is not there yet."""

    @abc.abstractmethod
    def _logs(self) -> list[Path]:
        """Files that tell why a start failed."""

    def _after_end(self) -> None:  # noqa: B027 - most servers leave nothing
        """Clear up what the server leaves behind; runs after each stop and kill."""

    # For the tests

    @property
    def running(self) -> bool:
        """Whether the server's process is alive (it may still be starting)."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The server's first process; NodeError when it does not run."""
        if self._process is None or self._process.poll() is not None:
            raise NodeError(f"{self.title} does not run")
        return self._process.pid

    def start(self, timeout_seconds: float = 180) -> Self:
        """Start, and return once a client is served; one that runs already is only waited for.

        Raises NodeError with the end of the log when it dies, at once, or stays silent for too long: on a busy machine a start takes minutes.
        """
        if not self._registered:
            at_exit(self.kill)
            self._registered = True
        deadline = time.monotonic() + timeout_seconds
        if self._process is None or not self.running:
            self.directory.mkdir(parents=True, exist_ok=True)
            self._process = self._launch()
        while not self._answers():
            code = self._process.poll()
            if code is not None:
                raise self._failure(f"ended with status {code} while starting")
            if time.monotonic() >= deadline:
                failure = self._failure(f"did not answer within {timeout_seconds:g} s")
                self.kill()
                raise failure
            time.sleep(0.05)
        return self

    def stop(self, timeout_seconds: float = 20) -> None:
        """Ask it to end; SIGKILL when it has not done so in time."""
        if self._process is not None and self.running:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(self.stop_signal)
            try:
                self._process.wait(timeout_seconds)
            except subprocess.TimeoutExpired:
                kill_family(self._process)
        self._process = None
        self._after_end()

    def kill(self) -> None:
        """SIGKILL to the server and all its children at once, as a crash of the machine would."""
        if self._process is not None:
            kill_family(self._process)
        self._process = None
        self._after_end()

    @contextlib.contextmanager
    def hanging(self) -> Iterator[None]:
        """Stop the server and its children inside the block: connections stay open, nobody is answered."""
        members = family(self.pid)
        for member in members:
            os.kill(member, signal.SIGSTOP)
        try:
            yield
        finally:
            for member in reversed(members):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(member, signal.SIGCONT)

    def restart(self, timeout_seconds: float = 60) -> Self:
        """Stop gracefully and start again: same port, same data."""
        self.stop()
        return self.start(timeout_seconds)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    @property
    def logs(self) -> list[Path]:
        """The files in which the server says what it does."""
        return self._logs()

    def _failure(self, what: str) -> NodeError:
        ends = "\n".join(f"--- {log}\n{tail(log)}" for log in self._logs())
        return NodeError(f"{self.title} on port {self.port} {what}\n{ends}")
