"""Child processes that cannot outlive the test run, however it ends.

A node left behind holds a port and a data folder, and the next run meets it. So every child is
started by `setpriv --pdeathsig KILL`: the kernel ends it when its starter dies, even by SIGKILL.
The kernel's "starter" is a *thread*, not a process; all starts therefore go through one thread
that lives as long as the process (a test may restart a node from a thread of its own).
"""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import random
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import IO


class NodeError(RuntimeError):
    """A private server could not be started, reached or driven; the text says what to do."""


Process = subprocess.Popen[bytes]
_Work = tuple[Callable[[], Process], "Future[Process]"]

_lock = threading.Lock()
_requests: queue.SimpleQueue[_Work] | None = None
_handed_out: set[int] = set()


def spawn(
    command: list[str],
    *,
    environment: Mapping[str, str],
    directory: Path,
    output: IO[bytes],
    user: str | None = None,
    stdin: int = subprocess.DEVNULL,
) -> Process:
    """Start `command` in a session of its own; it dies with this process.

    `user`: run as this account (only root may ask for it). `output` takes stdout and stderr.
    Raises NodeError when `setpriv` (package util-linux) is missing.
    """
    setpriv = find_program("setpriv", package="util-linux")
    become = [f"--reuid={user}", f"--regid={user}", "--init-groups"] if user else []
    full = [setpriv, *become, "--pdeathsig", "KILL", "--", *command]

    def start() -> Process:
        return subprocess.Popen(
            full,
            env=dict(environment),
            cwd=directory,
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    future: Future[Process] = Future()
    _starter().put((start, future))
    return future.result(timeout=60)


def _starter() -> queue.SimpleQueue[_Work]:
    global _requests
    with _lock:
        if _requests is None:
            _requests = queue.SimpleQueue()
            threading.Thread(target=_serve, args=(_requests,), name="node-starter", daemon=True).start()
        return _requests


def _serve(requests: queue.SimpleQueue[_Work]) -> None:
    while True:
        start, future = requests.get()
        try:
            future.set_result(start())
        except BaseException as error:
            future.set_exception(error)


def _forget_after_fork() -> None:
    """A forked child has neither the thread nor a say over its parent's nodes."""
    global _requests, _lock
    _lock = threading.Lock()
    _requests = None


os.register_at_fork(after_in_child=_forget_after_fork)


def find_program(name: str, *, package: str, folders: Iterable[str | Path] = ()) -> str:
    """The path of `name`, from `folders` first and then PATH; NodeError names the package."""
    for folder in folders:
        candidate = Path(folder) / name
        if os.access(candidate, os.X_OK):
            return str(candidate)
    found = shutil.which(name)
    if found:
        return found
    raise NodeError(
        f"{name} is not installed. On Debian: apt-get install -y {package}   (or run scripts/install_debian.sh as root)"
    )


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on, outside the range of outgoing connections.

    A port of that range could be taken by any client while its server is being restarted; a client
    that keeps trying to reach the stopped server may even connect to itself.
    """
    lowest_outgoing = 32768
    with contextlib.suppress(OSError, ValueError, IndexError):
        text = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii")
        lowest_outgoing = int(text.split()[0])
    highest = lowest_outgoing - 1 if lowest_outgoing > 12_000 else 32_767
    chooser = random.SystemRandom()  # the seed of a test's own random numbers must not decide
    for _ in range(1_000):
        port = chooser.randint(10_240, highest)
        with _lock:
            if port in _handed_out:
                continue
            with socket.socket() as probe:
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
            _handed_out.add(port)
            return port
    raise NodeError("no free port on 127.0.0.1 after 1,000 tries")


def accepts(port: int) -> bool:
    """Whether something listens on this port of 127.0.0.1."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def family(pid: int) -> list[int]:
    """`pid` and all its descendants, parents first.

    Servers give their children process groups of their own (PostgreSQL's backends, Erlang's
    helpers), so killing the group of the first process is not enough.
    """
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                after_name = (entry / "stat").read_bytes().rpartition(b")")[2].split()
                children.setdefault(int(after_name[1]), []).append(int(entry.name))
    found = [pid]
    for member in found:
        found.extend(children.get(member, ()))
    return found


def kill_family(process: Process) -> None:
    """SIGKILL a process and all its descendants, and wait until every one is gone."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGSTOP)  # so that it starts nobody between the count and the kill
    members = family(process.pid)
    for member in members:
        with contextlib.suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)
    process.wait(timeout=30)
    wait_until(lambda: not any(alive(member) for member in members[1:]), 30)


def alive(pid: int) -> bool:
    """Whether the process still runs (a zombie that nobody has waited for does not)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return False
    return stat.rpartition(b")")[2].split()[0] not in (b"Z", b"X")


def wait_until(condition: Callable[[], bool], timeout_seconds: float, *, interval_seconds: float = 0.02) -> bool:
    """Poll until `condition()` holds; False when the time is over."""
    deadline = time.monotonic() + timeout_seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(interval_seconds)
    return True


def tail(log: Path, lines: int = 40) -> str:
    """The end of a log file, or a note that there is none."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return f"({log} was not written)"
    return "\n".join(text.splitlines()[-lines:])


def at_exit(action: Callable[[], None]) -> None:
    """Run `action` when this process ends by itself; never in a child forked from it."""
    owner = os.getpid()

    def guarded() -> None:
        if os.getpid() == owner:
            action()

    atexit.register(guarded)
