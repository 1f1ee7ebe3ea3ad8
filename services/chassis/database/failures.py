"""Tell what a database error means: the database is away, a race was lost, or the statement itself is wrong.

*Away* (``is_gone``): no statement would do better just now, whoever sends it. The consumer pauses and nothing is retried or
parked; jobs and sweeps wait; HTTP answers 503 with ``Retry-After``.
*Contention* (``is_contention``): this very transaction may work another time. A message is tried alone, then later, at the
end parked; HTTP answers 503 likewise.
Anything else is the fault of the statement or its data.

A connection that led to the wrong server, or whose prepared statements are of no use any more, is closed together with the whole
pool, so that it never comes back. Sources: appendix A of the PostgreSQL manual ("Error Codes"); ``willHealViaReparse`` of pgjdbc for
the stale plans; PgBouncer's own errors, which all have 08P01. Errors while connecting have no code in psycopg: each means away.
"""

import sqlite3
import time
from enum import Enum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import event, exc

_POOL_DROPS_SECONDS = 1.0


class Drop(Enum):
    """What must not be used again after an error."""

    NOTHING = "nothing"
    CONNECTION = "connection"
    POOL = "pool"


class Outage(NamedTuple):
    """Why the database takes no statement.

    ``at_once``: the same transaction may be repeated on a new connection without a wait; it was surely rolled back.
    """

    name: str
    drop: Drop
    at_once: bool = False


_READ_ONLY = Outage("read_only", Drop.POOL)
_LOST = Outage("connection_lost", Drop.POOL)
_STALE = Outage("prepared_statements_stale", Drop.POOL, at_once=True)
_SERVER_FAULT = Outage("server_fault", Drop.POOL)
_DISK_FULL = Outage("disk_full", Drop.NOTHING)
_CORRUPT = Outage("corrupt", Drop.NOTHING)
_FENCED = Outage("fenced", Drop.POOL)
_NO_CONNECTION = Outage("no_connection", Drop.NOTHING)
_POOL_EXHAUSTED = Outage("pool_exhausted", Drop.NOTHING)

#: by SQLSTATE, or by its class where no longer entry matches
_OUTAGES = {
    "08": _LOST,  # connection exception; 08P01 is all that PgBouncer says: server gone, query_wait_timeout, shutting down
    "25006": _READ_ONLY,  # a standby, a primary that was demoted, default_transaction_read_only
    "26000": _STALE,  # "prepared statement does not exist": DISCARD ALL, or a pooler handed out another server connection
    "28": _FENCED,  # the role may not log in any more
    "42501": _FENCED,  # somebody took the role's rights away; no message can help that
    "42P05": _STALE,  # "prepared statement already exists": a pooler, likewise
    "53": Outage("out_of_resources", Drop.NOTHING),  # memory, connections
    "53100": _DISK_FULL,
    "57P": Outage("server_stops", Drop.POOL),  # 57P01 shut-down, 57P02 crash, 57P03 starting, 57P04 dropped
    "57P05": Outage("session_timed_out", Drop.CONNECTION),
    "58": _SERVER_FAULT,  # I/O errors, files that are missing
    "F0": _SERVER_FAULT,
    "XX001": _CORRUPT,
    "XX002": _CORRUPT,
}
#: what only the server's function tells, since the text is translated: 0A000 of any other is a mistake of ours
_OUTAGES_BY_FUNCTION = {
    ("0A000", "RevalidateCachedQuery"): _STALE,  # "cached plan must not change result type": ALTER TABLE … TYPE
    ("54000", "GetNewTransactionId"): _FENCED,  # "not accepting commands to avoid wraparound data loss"
    ("54000", "GetNewMultiXactId"): _FENCED,
}
_CONTENTION = {
    "25P03",  # idle in transaction for too long: the connection is closed, but perhaps this message took so long
    "25P04",  # transaction_timeout
    "40001",
    "40P01",
    "53400",  # temp_file_limit: this statement is too large just now
    "55P03",
    "57014",  # statement_timeout, or cancelled by somebody
    "XX000",  # the server's own bug, often of one moment ("tuple concurrently updated" beside DDL)
}
_SQLITE_OUTAGES = {
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_IOERR: _SERVER_FAULT,
    sqlite3.SQLITE_CORRUPT: _CORRUPT,
    sqlite3.SQLITE_FULL: _DISK_FULL,
    sqlite3.SQLITE_CANTOPEN: _SERVER_FAULT,
    sqlite3.SQLITE_NOTADB: _CORRUPT,
}


def outage_of(error: BaseException) -> Outage | None:
    """Return why the database is away, None if ``error`` does not say so."""
    if isinstance(error, exc.TimeoutError):
        return _POOL_EXHAUSTED
    if not isinstance(error, exc.DBAPIError):
        return None
    if (code := _sqlstate(error.orig)) is not None:
        return _outage_of_driver(error.orig) or (_LOST if error.connection_invalidated and code not in _CONTENTION else None)
    if error.connection_invalidated:
        return _LOST
    if isinstance(error.orig, sqlite3.Error):
        return _outage_of_driver(error.orig)
    # no code: it comes from connecting, where there is no statement yet. With one it is psycopg refusing what it was given
    # (70,000 parameters), which must not look like an outage that never ends
    psycopg_says = type(error.orig).__module__.startswith("psycopg") and isinstance(error, exc.OperationalError)
    return _NO_CONNECTION if psycopg_says and error.statement is None else None


def is_gone(error: BaseException) -> bool:
    """Tell whether ``error`` means that the database is away, full or read-only, so that no message is to blame."""
    return outage_of(error) is not None


def is_contention(error: BaseException) -> bool:
    """Tell whether ``error`` is a lost race (deadlock, serialisation, lock time-out) that a retry may win."""
    if not isinstance(error, exc.DBAPIError):
        return False
    code = _sqlstate(error.orig)
    if code is not None:
        return code in _CONTENTION
    return "database is locked" in str(error.orig) or "database table is locked" in str(error.orig)


def is_stale(error: BaseException | None) -> bool:
    """Tell whether the driver's ``error`` says that prepared statements of this connection do not work any more."""
    return _outage_of_driver(error) is _STALE


def drop_connections(engine: sa.Engine) -> None:
    """Have ``engine`` close what an outage makes useless: the connection, or all that are older than the error."""
    dropped_at = 0.0

    @event.listens_for(engine, "handle_error")
    def _on_error(context: Any) -> None:
        nonlocal dropped_at
        outage = _outage_of_driver(context.original_exception)
        if outage is None or outage.drop is Drop.NOTHING:
            return
        pool = outage.drop is Drop.POOL
        if outage is _READ_ONLY:
            # each write of a read-only server says so: reads, which go on, are not to connect anew for each of them
            pool = time.monotonic() - dropped_at >= _POOL_DROPS_SECONDS
            dropped_at = time.monotonic() if pool else dropped_at
        context.is_disconnect, context.invalidate_pool_on_disconnect = True, pool


def _outage_of_driver(error: BaseException | None) -> Outage | None:
    if isinstance(error, sqlite3.Error):
        return _SQLITE_OUTAGES.get((getattr(error, "sqlite_errorcode", None) or 0) & 0xFF)
    code = _sqlstate(error)
    if code is None or code in _CONTENTION:
        return None
    exact = _OUTAGES.get(code) or _OUTAGES_BY_FUNCTION.get((code, _function(error)))
    return exact or _OUTAGES.get(code[:3]) or _OUTAGES.get(code[:2])


def _sqlstate(error: BaseException | None) -> str | None:
    code: str | None = getattr(error, "sqlstate", None)
    return code


def _function(error: BaseException | None) -> str:
    """The function of the server's source that raised ``error``."""
    return getattr(getattr(error, "diag", None), "source_function", None) or ""
