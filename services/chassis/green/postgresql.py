"""psycopg connections that wait cheaply under green threads (decision 19), and not for ever.

Its own ``wait_select`` goes through eventlet's ``select``, which makes three lists, four closures and a timer for each answer:
110 of the 155 µs of CPU that a small statement costs, of which 45 are left in a process without green threads. Nearly every wait is
for one socket to become readable, and that is one call of eventlet's hub: 95 µs in all. A dossier is some 500 answers.

A server that hangs (its disk, its machine) keeps its connections open, and no time-out of TCP helps against it. One green thread looks after all
waits, so that none needs a timer, and breaks off the connection of one that lasts too long.
"""

import contextlib
import os
import socket
from collections.abc import Generator
from time import monotonic
from typing import Any

import eventlet
import psycopg
import sqlalchemy as sa
from eventlet.green.select import select
from eventlet.hubs import trampoline
from psycopg import errors
from psycopg.waiting import READY_NONE, READY_R, READY_W, WAIT_R, WAIT_W
from sqlalchemy import event

from services.chassis.observe.logs import get_logger

_log = get_logger(__name__)

_LOOKS_PER_LIMIT = 4
#: connections that wait for an answer, and since when
_waiting: dict["GreenConnection", float] = {}


def install(answer_seconds: float) -> None:
    """Have every connection to PostgreSQL that SQLAlchemy opens in this process, whichever the engine, be such a one.

    :param answer_seconds: how long one waits for an answer, about; then the connection is given up as lost.
    """

    @event.listens_for(sa.Engine, "do_connect")
    def _connect(dialect: sa.Dialect, _record: Any, args: Any, kwargs: Any) -> Any:
        return GreenConnection.connect(*args, **kwargs) if dialect.name == "postgresql" else None

    eventlet.spawn(_watch, answer_seconds)


def _watch(answer_seconds: float) -> None:
    while True:
        eventlet.sleep(answer_seconds / _LOOKS_PER_LIMIT)
        late = monotonic() - answer_seconds
        for connection, since in list(_waiting.items()):
            if since < late:
                _log.error("database_does_not_answer", seconds=round(monotonic() - since))
                connection.break_off()


class GreenConnection(psycopg.Connection[Any]):
    """A connection whose waits let other green threads run."""

    def wait(self, gen: Generator[Any, Any, Any], interval: float = 0.0, timeout: float | None = None) -> Any:
        """Drive ``gen`` to its end. ``interval`` serves keyboard interrupts, which services do not have.

        :raises psycopg.errors._WaitTimeout: if ``timeout`` (seconds) is over before.
        :raises psycopg.OperationalError: if the socket was closed.
        """
        _waiting[self] = began = monotonic()
        deadline = None if timeout is None else began + timeout
        fileno = self.pgconn.socket
        try:
            wanted = next(gen)
            while True:
                if deadline is None and wanted == WAIT_R:
                    trampoline(fileno, read=True)
                    wanted = gen.send(READY_R)
                else:
                    wanted = gen.send(_either(fileno, wanted, deadline))
        except OSError as error:
            raise errors.OperationalError("connection socket closed") from error
        except StopIteration as end:
            return end.value
        finally:
            _waiting.pop(self, None)

    def break_off(self) -> None:
        """Have whoever waits see that the connection is lost."""
        # an error means that it is lost already
        with contextlib.suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(self.pgconn.socket)) as end:
            end.shutdown(socket.SHUT_RDWR)


def _either(fileno: int, wanted: int, deadline: float | None) -> int:
    """Wait for reading or writing, with a deadline: for statements larger than the socket's buffer, and timeouts."""
    left = None if deadline is None else deadline - monotonic()
    if left is not None and left <= 0:
        raise errors._WaitTimeout("wait timeout expired")  # noqa: SLF001  # psycopg 3.3 raises this one itself
    reading, writing, _ = select([fileno] if wanted & WAIT_R else [], [fileno] if wanted & WAIT_W else [], [], left)
    return (READY_R if reading else READY_NONE) | (READY_W if writing else READY_NONE)
