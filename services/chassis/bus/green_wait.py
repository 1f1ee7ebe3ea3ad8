"""How psycopg waits for PostgreSQL under green threads.

psycopg's own ``wait_select`` works on eventlet's ``select``, which sets up two listeners and a timer for each of a statement's two or
three waits: a third of what a short statement costs. This waits for the socket itself. It has no limit of 1,024 descriptors either.
"""

import select as green_select
from typing import Any

import eventlet.hubs
import eventlet.patcher
import psycopg.errors
import psycopg.waiting
from psycopg.waiting import READY_R, READY_W, WAIT_R, WAIT_W

_select = eventlet.patcher.original("select")
_READ, _WRITE = _select.POLLIN | _select.POLLPRI | _select.POLLHUP | _select.POLLERR, _select.POLLOUT


def install() -> None:
    """Let psycopg wait this way, once the standard library is patched."""
    psycopg.waiting.wait = wait  # type: ignore[assignment]  # a function of C


def wait(gen: Any, fileno: int, interval: float = 0.0, timeout: float | None = None) -> Any:
    """Run ``gen``, which says what it waits for, to its end.

    :raises psycopg.OperationalError: if the socket was closed meanwhile.
    """
    too_late = psycopg.errors._WaitTimeout if timeout is not None else None
    try:
        waits_for = next(gen)
        while True:
            if waits_for == WAIT_R:
                eventlet.hubs.trampoline(fileno, read=True, timeout=timeout, timeout_exc=too_late)
                ready: int = READY_R
            else:
                ready = _ready_now(fileno, waits_for) or _ready_later(fileno, waits_for, timeout)
            waits_for = gen.send(ready)  # how ready: psycopg's own flags
    except OSError as error:
        raise psycopg.OperationalError("connection socket closed") from error
    except StopIteration as end:
        return end.value


def _ready_now(fileno: int, waits_for: int) -> int:
    """Sending a statement: the socket takes it at once, nearly always."""
    poll = _select.poll()
    poll.register(fileno, (_READ if waits_for & WAIT_R else 0) | (_WRITE if waits_for & WAIT_W else 0))
    events = dict(poll.poll(0)).get(fileno, 0)
    return (READY_R if events & _READ else 0) | (READY_W if events & _WRITE else 0)


def _ready_later(fileno: int, waits_for: int, timeout: float | None) -> int:
    """A statement larger than the socket's buffer: whatever comes first, or both would wait for each other."""
    watched = [fileno]
    readable, writable, _ = green_select.select(
        watched if waits_for & WAIT_R else (), watched if waits_for & WAIT_W else (), (), timeout
    )
    if not readable and not writable:
        raise psycopg.errors._WaitTimeout("wait timeout expired")
    return (READY_R if readable else 0) | (READY_W if writable else 0)
