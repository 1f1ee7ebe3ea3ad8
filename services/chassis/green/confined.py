"""Have a file that a stranger sent read in a process of its own, which can do nothing but read it (decision 62).

    reader = Confined("services.chassis.uploads.reading:read", memory_bytes=128 << 20, at_once=4, seconds=30, wait_seconds=20)
    answer = reader.call({"allowed": [...]}, source, target)     # source, target: real files

Each file gets a fresh process, forked from one that has the libraries loaded: it holds no settings, no keys and no file of anybody
else, cannot open a file or a connection, and is killed when it takes too long. What it says comes as JSON, never as a pickle.
Before it decodes, it tells how much memory that takes, and waits until so much is free: bounded for the service's process as a whole.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from time import monotonic
from typing import IO, Any

from services.chassis.errors import Permanent, Transient

#: a child's answer is short; the file that it makes goes into ``target``
_ANSWER_BYTES = 64 * 1024


class Busy(Transient):
    """So many files are being read that this one must come again."""

    kind = "files-busy"
    retry_after_seconds = 15


class NotRead(Permanent):
    """The process that read the file crashed, or took more time or memory than any honest file needs."""


class Room:
    """An amount of something, taken and given back; whoever waits is served in turn, so that the large are not starved by the small."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._free = size
        self._waiting: deque[object] = deque()
        self._changed = threading.Condition()

    def take(self, amount: int, wait_seconds: float = 0) -> None:
        """Take ``amount``, which must be given back.

        :raises Busy: if it is not free in time, or is more than there is.
        """
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            try:
                if not self._changed.wait_for(lambda: self._waiting[0] is ticket and self._free >= amount, wait_seconds):
                    raise Busy(f"no room for {amount} within {wait_seconds:.0f} s")
                self._free -= amount
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()

    def give_back(self, amount: int) -> None:
        with self._changed:
            self._free += amount
            self._changed.notify_all()

    @contextlib.contextmanager
    def taken(self, amount: int, wait_seconds: float) -> Iterator[None]:
        """Hold ``amount`` for the block. Raises as `take` does."""
        self.take(amount, wait_seconds)
        try:
            yield
        finally:
            self.give_back(amount)


class Confined:
    """A function of a module that nothing else of the service imports, called with a file in a process of its own."""

    def __init__(self, function: str, *, memory_bytes: int, at_once: int, seconds: float, wait_seconds: float) -> None:
        """Keep the bounds; nothing is started yet.

        :param function: ``module:function``; called with a dictionary, the file's bytes, and a function to be told the bytes of memory
            that decoding takes; returns a dictionary and the bytes of the new file.
        :param memory_bytes: what all files that are read now may take together.
        :param seconds: the longest CPU time for one file; a process that lives six times as long is ended, whatever it does.
        :param wait_seconds: the longest wait for a turn.
        """
        self._function = function
        self._seconds, self._wait_seconds = seconds, wait_seconds
        self._memory, self._places = Room(memory_bytes), Room(at_once)
        self._turn = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def call(self, question: dict[str, Any], source: IO[bytes], target: IO[bytes]) -> dict[str, Any]:
        """Return what the function answers about the file ``source``; the new file is in ``target``.

        :raises Busy: if its turn did not come in time.
        :raises NotRead: if the process died, or had to be ended.
        """
        until = monotonic() + self._wait_seconds
        with self._places.taken(1, self._wait_seconds), self._begun(source, target) as line:
            _say(line, question | {"most": self._memory.size})
            answer = _hear(line)
            if (needed := answer.get("needs")) is None:
                return answer
            with self._memory.taken(min(int(needed), self._memory.size), max(0.0, until - monotonic())):
                _say(line, {})
                return _hear(line)

    @contextlib.contextmanager
    def _begun(self, source: IO[bytes], target: IO[bytes]) -> Iterator[socket.socket]:
        ours, theirs = socket.socketpair()
        with ours:
            # it is killed before; this is for when nobody is left to do so
            ours.settimeout(self._wait_seconds + 10 * self._seconds)
            with theirs:
                handed = [theirs.fileno(), source.fileno(), target.fileno()]
                with self._turn:
                    self._hand_over(handed)
            try:
                yield ours
            except OSError as error:
                raise NotRead(f"the reading process: {type(error).__name__}") from None

    def _hand_over(self, handed: list[int]) -> None:
        for attempt in (1, 2):
            try:
                socket.send_fds(self._control or self._start(), [b"."], handed)
                return
            except OSError as error:
                self._end()
                if attempt == 2:
                    raise Busy(f"no process to read files: {type(error).__name__}") from None

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "services.chassis.green.confinement", str(theirs.fileno()), self._function]
            command += [str(self._seconds), str(self._wait_seconds)]
            # nothing of the service's environment, where the keys are
            path = os.pathsep.join(map(os.path.abspath, sys.path))
            environment = {"PYTHONPATH": path, "LANG": "C.UTF-8", "PATH": os.defpath}
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=environment, cwd="/"
            )
        self._control = ours
        return ours

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.kill()
            self._process.wait()
        self._control = self._process = None


def _say(line: socket.socket, message: dict[str, Any]) -> None:
    line.sendall(json.dumps(message).encode() + b"\n")


def _hear(line: socket.socket) -> dict[str, Any]:
    """Return the next message. What comes was written by a process that had hostile bytes in hand.

    :raises NotRead: for the end of the line, or what is no message.
    """
    heard = b""
    while not heard.endswith(b"\n"):
        piece = line.recv(4096)
        heard += piece
        if not piece or len(heard) > _ANSWER_BYTES:
            raise NotRead("the reading process ended without an answer")
    try:
        message = json.loads(heard)
    except ValueError:
        raise NotRead("the reading process answered nonsense") from None
    if not isinstance(message, dict):
        raise NotRead("the reading process answered nonsense")
    return message
