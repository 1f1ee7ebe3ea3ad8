"""The other side of `confined.py`: a process that forks one for each file, takes from it what it does not need, and ends it in time.

python -m services.chassis.green.confinement FD MODULE:FUNCTION SECONDS WAIT_SECONDS
"""

import contextlib
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
from collections.abc import Callable
from time import monotonic
from typing import Any, BinaryIO

#: besides what the file itself needs: the interpreter's own small change
_SLACK_BYTES = 48 << 20
#: the largest file that may be made, as the document store takes it
_TARGET_BYTES = 25 << 20
_NICE = 5
_LOOK_SECONDS = 0.25
#: how much longer than its CPU time a process may live: it is niced, and shares a busy machine
_PATIENCE = 6

Read = Callable[[dict[str, Any], bytes, Callable[[int], None]], tuple[dict[str, Any], bytes]]


def _serve(control: socket.socket, read: Read, seconds: float, wait_seconds: float) -> None:
    """Fork for each file that is handed over until the service is gone; kill whoever is late."""
    children: dict[int, float] = {}
    while True:
        if select.select([control], [], [], _LOOK_SECONDS if children else None)[0]:
            message, handed, _, _ = socket.recv_fds(control, 1, 3)
            if not message:
                break
            child = os.fork()
            if child == 0:
                control.close()
                _work(read, handed, seconds, wait_seconds)
            for each in handed:
                os.close(each)
            children[child] = monotonic() + _PATIENCE * seconds + wait_seconds
        _reap(children)
    for child in children:
        os.kill(child, signal.SIGKILL)


def _reap(children: dict[int, float]) -> None:
    for child, until in list(children.items()):
        if os.waitpid(child, os.WNOHANG)[0]:
            del children[child]
        elif until < monotonic():
            os.kill(child, signal.SIGKILL)


def _work(read: Read, handed: list[int], seconds: float, wait_seconds: float) -> None:
    """Read one file, say what came of it, and end."""
    line, source, target = handed
    try:
        confinement = _Confinement(seconds, wait_seconds)
        with socket.socket(fileno=line) as talk, talk.makefile("rwb") as words:
            talk.setblocking(True)  # the service's green sockets are not, and that is handed over
            question = json.loads(words.readline())

            def ask(needs: int) -> None:
                """Wait until so much memory may be taken."""
                if needs > question["most"]:
                    raise MemoryError
                _say(words, {"needs": needs})
                if not words.readline():
                    os._exit(1)
                confinement.allow(needs)

            confinement.enter(question["most"])
            with open(source, "rb", closefd=False) as file:  # a number has no method
                answer, made = read(question, file.read(), ask)
            with open(target, "wb", buffering=0, closefd=False) as new:
                left = memoryview(made)
                while left:
                    left = left[new.write(left) :]
            _say(words, answer)
    finally:
        os._exit(0)


def _say(words: Any, message: dict[str, Any]) -> None:
    words.write(json.dumps(message).encode() + b"\n")
    words.flush()


class _Confinement:
    """What the process may still do: compute, within bounds, and use the three files it was handed."""

    def __init__(self, seconds: float, wait_seconds: float) -> None:
        self._own_bytes = _virtual_bytes()
        self._seconds, self._alive_seconds = seconds, _PATIENCE * seconds + wait_seconds

    def enter(self, most: int) -> None:
        """Give up what reading a file does not take. There is no way back."""
        whole = round(self._seconds)
        signal.setitimer(signal.ITIMER_REAL, self._alive_seconds)  # it ends, too, when nobody is left to kill it
        for what, limit in (
            (resource.RLIMIT_CPU, whole),
            (resource.RLIMIT_NOFILE, 0),  # no file, no socket: those that are open stay
            (resource.RLIMIT_NPROC, 0),
            (resource.RLIMIT_FSIZE, _TARGET_BYTES),
            (resource.RLIMIT_CORE, 0),  # people's papers
        ):
            resource.setrlimit(what, (limit, limit))
        self._most = self._own_bytes + most + _SLACK_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (self._own_bytes + _SLACK_BYTES, self._most))

    def allow(self, needs: int) -> None:
        """Let it take so much memory."""
        resource.setrlimit(resource.RLIMIT_AS, (self._own_bytes + needs + _SLACK_BYTES, self._most))


def _virtual_bytes() -> int:
    file: BinaryIO
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123  # the first of seven numbers, in pages
        return int(file.read().split()[0]) * resource.getpagesize()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C on a terminal is for the service
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    _module, _, _name = sys.argv[2].partition(":")
    _read: Read = getattr(importlib.import_module(_module), _name)
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as _control:
        _control.setblocking(True)
        _serve(_control, _read, float(sys.argv[3]), float(sys.argv[4]))
