"""psycopg connections that wait cheaply under green threads (decision 19).

Its own ``wait_select`` goes through eventlet's ``select``, which makes three lists, four closures and a timer for each answer:
110 of the 155 µs of CPU that a small statement costs, of which 45 are left in a process without green threads. Nearly every wait is
for one socket to become readable, and that is one call of eventlet's hub: 95 µs in all. A dossier is some 500 answers.
"""

from collections.abc import Generator
from time import monotonic
from typing import Any

import psycopg
import sqlalchemy as sa
from eventlet.green.select import select
from eventlet.hubs import trampoline
from psycopg import errors
from psycopg.waiting import READY_NONE, READY_R, READY_W, WAIT_R, WAIT_W
from sqlalchemy import event


def install() -> None:
    """Have every connection to PostgreSQL that SQLAlchemy opens in this process, whichever the engine, be such a one."""

    @event.listens_for(sa.Engine, "do_connect")
    def _connect(dialect: sa.Dialect, _record: Any, args: Any, kwargs: Any) -> Any:
        return GreenConnection.connect(*args, **kwargs) if dialect.name == "postgresql" else None


class GreenConnection(psycopg.Connection[Any]):
    """A connection whose waits let other green threads run."""

    def wait(self, gen: Generator[Any, Any, Any], interval: float = 0.0, timeout: float | None = None) -> Any:
        """Drive ``gen`` to its end. ``interval`` serves keyboard interrupts, which services do not have.

        :raises psycopg.errors._WaitTimeout: if ``timeout`` (seconds) is over before.
        :raises psycopg.OperationalError: if the socket was closed.
        """
        deadline = None if timeout is None else monotonic() + timeout
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


def _either(fileno: int, wanted: int, deadline: float | None) -> int:
    """Wait for reading or writing, with a deadline: for statements larger than the socket's buffer, and timeouts."""
    left = None if deadline is None else deadline - monotonic()
    if left is not None and left <= 0:
        raise errors._WaitTimeout("wait timeout expired")  # noqa: SLF001  # psycopg 3.3 raises this one itself
    reading, writing, _ = select([fileno] if wanted & WAIT_R else [], [fileno] if wanted & WAIT_W else [], [], left)
    return (READY_R if reading else READY_NONE) | (READY_W if writing else READY_NONE)
