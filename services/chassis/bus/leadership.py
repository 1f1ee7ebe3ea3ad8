"""One active relay per service: PostgreSQL's advisory lock, or a file lock beside the SQLite file.

The lock lives and dies with the connection (or the process) that holds it: a relay that is killed leaves nothing to clean up.
On PostgreSQL the leader reads and deletes outbox rows over the very connection that holds the lock, so a leader that has
lost its lock cannot delete anything any more.
"""

import fcntl
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from services.chassis.database import Database

_LOCK_CLASS = 0x5653


class Leadership:
    """Takes the lead for ``name`` in ``database``."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name
        if database.is_postgresql:
            # a session of its own: must not go back into a pool, nor through a transaction-pooling proxy
            self._engine = sa.create_engine(
                database.url,
                poolclass=NullPool,
                isolation_level="AUTOCOMMIT",
                # what the leader does is forget what was sent: if a crash undoes that, it is sent again and dropped by its
                # id, so no fact need wait for the disk here
                connect_args={"connect_timeout": 5, "options": "-c synchronous_commit=off"},
            )

    @contextmanager
    def try_lead(self) -> Iterator[sa.Connection | bool | None]:
        """Yields a connection (PostgreSQL) or ``True`` (SQLite) while leading, ``None`` if another one leads."""
        if self._database.is_postgresql:
            yield from self._try_postgresql()
        else:
            yield from self._try_file()

    def _try_postgresql(self) -> Iterator[sa.Connection | None]:
        key = zlib.crc32(self._name.encode()) - 2**31
        with self._engine.connect() as connection:
            got = connection.execute(sa.select(sa.func.pg_try_advisory_lock(_LOCK_CLASS, key))).scalar()
            # closing the connection (NullPool) gives the lock back
            yield connection if got else None

    def _try_file(self) -> Iterator[bool | None]:
        descriptor = os.open(f"{self._database.url.database}.{self._name}.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield None
            else:
                yield True
        finally:
            os.close(descriptor)
