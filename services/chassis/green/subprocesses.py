"""Run CPU work written in Python in a child process.

    pdf = run_in_subprocess("services.registration.form01.layout:render", form)

``run_in_thread`` suits C code that releases the interpreter lock (argon2, Pillow). Python code on a thread blocks all green threads.
One child process does such work, one call at a time and at lower priority; it starts with the first call and ends with its parent.
What the work imports is in its memory, not in the service's. Measured on intake while forms are drawn: 85 requests/s and 132 MiB
with a thread, 95 requests/s and 124 MiB with the child.
"""

import contextlib
import importlib
import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
import threading
from typing import Any

from services.chassis.errors import Permanent, Transient

_LENGTH = struct.Struct("!I")
_SECONDS = 60.0
_NICE = 5


def run_in_subprocess(function: str, *args: Any) -> Any:
    """Return what ``module:function`` returns for ``args`` (all picklable), or raise what it raises.

    Outside a service's process (a unit test, a command) it is called directly. Never inside a transaction.

    :raises Transient: if the child died or took longer than a minute; the next call starts another.
    """
    import eventlet.patcher

    if eventlet.patcher.is_monkey_patched("socket"):
        return _child.ask(function, args)
    return _resolve(function)(*args)


def _resolve(function: str) -> Any:
    module, _, name = function.partition(":")
    return getattr(importlib.import_module(module), name)


class _Child:
    """The child process."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._line: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, function: str, args: tuple[Any, ...]) -> Any:
        question = pickle.dumps((function, args))
        with self._turn:
            try:
                line = self._line or self._start()
                _send(line, question)
                answer = _receive(line)
            except OSError as error:
                self._end()
                raise Transient(f"subprocess: {type(error).__name__}") from None
            except BaseException:
                # the caller was stopped half-way: the pending answer would be taken for the next call's
                self._end()
                raise
        raised, result = pickle.loads(answer)  # noqa: S301  # our own child
        if raised:
            raise result
        return result

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "services.chassis.green.subprocesses", str(theirs.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        ours.settimeout(_SECONDS)
        self._line = ours
        return ours

    def _end(self) -> None:
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.kill()
            self._process.wait()
        self._line = self._process = None


_child = _Child()


def _send(line: socket.socket, message: bytes) -> None:
    line.sendall(_LENGTH.pack(len(message)) + message)


def _receive(line: socket.socket) -> bytes:
    return _exactly(line, _LENGTH.unpack(_exactly(line, _LENGTH.size))[0])


def _exactly(line: socket.socket, size: int) -> bytes:
    pieces = []
    while size:
        piece = line.recv(min(size, 1024 * 1024))
        if not piece:
            raise ConnectionResetError
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _work(fd: int) -> None:
    """Serve calls in the child until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C on a terminal is for the parent
    os.nice(_NICE)
    line = socket.socket(fileno=fd)
    line.setblocking(True)  # the parent's green sockets are not, and that is handed down
    with contextlib.suppress(ConnectionError):
        while True:
            function, args = pickle.loads(_receive(line))  # noqa: S301  # our own parent
            _send(line, _answer(function, args))


def _answer(function: str, args: tuple[Any, ...]) -> bytes:
    try:
        return pickle.dumps((False, _resolve(function)(*args)))
    except Exception as error:
        with contextlib.suppress(Exception):
            found = pickle.dumps((True, error))
            pickle.loads(found)  # noqa: S301  # some exceptions can be written and not read
            return found
        return pickle.dumps((True, Permanent(f"subprocess: {type(error).__name__}")))


if __name__ == "__main__":
    _work(int(sys.argv[1]))
