"""One active relay per service: PostgreSQL's advisory lock, or a file lock beside the SQLite file.

The lock lives and dies with the connection (or the process) that holds it: a relay that is killed leaves nothing to clean up.
On PostgreSQL the leader reads and deletes outbox rows over the very connection that holds the lock, so a leader that has
lost its lock cannot delete anything any more.
"""

import fcntl
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import sqlalchemy as sa

from services.chassis.database import Database, engines, pooler

_LOCK_CLASS, _STAND_BY_CLASS = 0x5653, 0x5654
_TRY = sa.select(sa.func.pg_try_advisory_lock(sa.bindparam("class"), sa.bindparam("key")))
_STAND_BY = sa.select(sa.func.pg_try_advisory_lock_shared(sa.bindparam("class"), sa.bindparam("key")))
# NULL when somebody holds it: CASE looks at the unlocking only when the locking went well
_NOBODY = sa.text("SELECT CASE WHEN pg_try_advisory_lock(:class, :key) THEN pg_advisory_unlock(:class, :key) END")


class Lead(NamedTuple):
    """Leadership while it is held. ``connection`` holds the lock on PostgreSQL; on SQLite it is ``None``."""

    connection: sa.Connection | None
    others_stand_by: Callable[[], bool]


class Leadership:
    """Elects a leader for ``name`` in ``database``. Others stand by, which the leader can see."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name
        if database.is_postgresql:
            # a session of its own: must not go back into a pool, nor through a transaction-pooling proxy
            self._engine = engines.postgresql_unpooled(database.direct_url)

    @contextmanager
    def try_lead(self) -> Iterator[Lead | None]:
        """Yield the lead, or ``None`` if another process leads; stay inside the block while leading or standing by."""
        if self._database.is_postgresql:
            yield from self._try_postgresql()
        else:
            yield from self._try_files()

    def _try_postgresql(self) -> Iterator[Lead | None]:
        key = zlib.crc32(self._name.encode()) - 2**31
        stand_by = {"class": _STAND_BY_CLASS, "key": key}
        with self._engine.connect() as connection:
            # closing the connection (NullPool) gives the locks back
            if connection.execute(_TRY, {"class": _LOCK_CLASS, "key": key}).scalar():
                yield Lead(connection, lambda: connection.execute(_NOBODY, stand_by).scalar() is None)
            else:
                connection.execute(_STAND_BY, stand_by)
                yield None

    def _try_files(self) -> Iterator[Lead | None]:
        with self._opened("lock") as lead, self._opened("stand-by") as stand_by:
            if _flock(lead, fcntl.LOCK_EX):
                yield Lead(None, lambda: _held_by_another(stand_by))
            else:
                _flock(stand_by, fcntl.LOCK_SH)
                yield None

    @contextmanager
    def _opened(self, kind: str) -> Iterator[int]:
        descriptor = os.open(f"{self._database.url.database}.{self._name}.{kind}", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def _flock(descriptor: int, how: int) -> bool:
    """Lock without waiting; tell whether that succeeded."""
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _held_by_another(descriptor: int) -> bool:
    if not _flock(descriptor, fcntl.LOCK_EX):
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False


def require_sessions(database: Database) -> None:
    """Check that locks of a session hold: two relays of a service would otherwise send side by side.

    :raises StartUpError: if a pooler takes sessions apart.
    """
    if database.is_postgresql:
        pooler.require_sessions(engines.postgresql_unpooled(database.direct_url))
