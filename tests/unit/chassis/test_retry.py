"""Which failures are worth another try, and when it is made."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from sqlalchemy import exc

from services.chassis.bus.retry import delay_name, is_transient, next_delay
from services.chassis.database import is_contention, is_gone
from services.chassis.errors import InvalidFact, Permanent, Transient, Undecodable


def database_error(kind: type[exc.DBAPIError], original: Exception, *, invalidated: bool = False) -> exc.DBAPIError:
    return kind("SELECT 1", {}, original, connection_invalidated=invalidated)


def postgresql(kind: type[psycopg.Error], wrapped: type[exc.DBAPIError] = exc.OperationalError) -> exc.DBAPIError:
    return database_error(wrapped, kind("x"))


def sqlite(code: int, text: str = "x") -> exc.DBAPIError:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return database_error(exc.OperationalError, error)


GONE = {
    "the connection broke": database_error(exc.OperationalError, psycopg.OperationalError("x"), invalidated=True),
    "no connection": exc.OperationalError(None, None, psycopg.OperationalError("connection refused")),
    "shutting down": postgresql(psycopg.errors.AdminShutdown),
    "crashed": postgresql(psycopg.errors.CrashShutdown),
    "starting": postgresql(psycopg.errors.CannotConnectNow),
    "disk full": postgresql(psycopg.errors.DiskFull),
    "disk broken": postgresql(psycopg.errors.IoError),
    "read-only": postgresql(psycopg.errors.ReadOnlySqlTransaction, exc.InternalError),
    "too many connections": postgresql(psycopg.errors.TooManyConnections),
    "out of memory": postgresql(psycopg.errors.OutOfMemory),
    "PgBouncer": postgresql(psycopg.errors.ProtocolViolation),
    "a prepared statement lost": postgresql(psycopg.errors.InvalidSqlStatementName),
    "a prepared statement of another": postgresql(psycopg.errors.DuplicatePreparedStatement, exc.ProgrammingError),
    "rights taken away": postgresql(psycopg.errors.InsufficientPrivilege, exc.ProgrammingError),
    "an idle session ended": postgresql(psycopg.errors.IdleSessionTimeout),
    "corrupt data": postgresql(psycopg.errors.DataCorrupted, exc.InternalError),
    "corrupt index": postgresql(psycopg.errors.IndexCorrupted, exc.InternalError),
    "pool exhausted": exc.TimeoutError(),
    "SQLite: read-only": sqlite(sqlite3.SQLITE_READONLY),
    "SQLite: disk full": sqlite(sqlite3.SQLITE_FULL),
    "SQLite: read error": sqlite(sqlite3.SQLITE_IOERR_READ),
    "SQLite: file gone": sqlite(sqlite3.SQLITE_CANTOPEN),
}
LOST_RACES = {
    "deadlock": postgresql(psycopg.errors.DeadlockDetected),
    "serialisation": postgresql(psycopg.errors.SerializationFailure),
    "lock time-out": postgresql(psycopg.errors.LockNotAvailable),
    "statement time-out": postgresql(psycopg.errors.QueryCanceled),
    "idle for too long in a transaction": database_error(
        exc.InternalError, psycopg.errors.IdleInTransactionSessionTimeout("x"), invalidated=True
    ),
    "a temporary file too large": postgresql(psycopg.errors.ConfigurationLimitExceeded),
    "the server's own bug": postgresql(psycopg.errors.InternalError_, exc.InternalError),
    "SQLite: locked": sqlite(sqlite3.SQLITE_BUSY, "database is locked"),
}
FOR_EVER = {
    "a double": postgresql(psycopg.errors.UniqueViolation, exc.IntegrityError),
    "a NUL in a text": database_error(
        exc.DataError, psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    ),
    "too many parameters": database_error(exc.OperationalError, psycopg.OperationalError("number of parameters must be …")),
    "a wrong statement": postgresql(psycopg.errors.SyntaxError, exc.ProgrammingError),
    "a feature that there is not": postgresql(psycopg.errors.FeatureNotSupported, exc.NotSupportedError),
    "a row too large for its index": postgresql(psycopg.errors.ProgramLimitExceeded),
    "SQLite: a double": database_error(exc.IntegrityError, sqlite3.IntegrityError("UNIQUE constraint failed")),
    "SQLite: no such table": sqlite(sqlite3.SQLITE_ERROR, "no such table: x"),
    "a bug": KeyError("x"),
    "a permanent failure": Permanent("x"),
    "an invalid fact": InvalidFact("f.v1", {"a": ["b"]}),
    "undecodable": Undecodable("x"),
}


@pytest.mark.parametrize("name", GONE)
def test_when_the_database_is_away_no_message_is_to_blame(name: str) -> None:
    assert is_gone(GONE[name])
    assert is_transient(GONE[name])


@pytest.mark.parametrize("name", LOST_RACES)
def test_a_lost_race_may_be_won_at_the_next_try(name: str) -> None:
    assert is_contention(LOST_RACES[name])
    assert not is_gone(LOST_RACES[name])
    assert is_transient(LOST_RACES[name])


@pytest.mark.parametrize("name", FOR_EVER)
def test_what_will_never_work_is_not_tried_again(name: str) -> None:
    assert not is_transient(FOR_EVER[name])


@pytest.mark.parametrize(
    "error", [Transient("x"), TimeoutError(), ConnectionResetError(), type("Own", (Transient,), {})("x")]
)
def test_what_says_so_itself_is_tried_again(error: Exception) -> None:
    assert is_transient(error)


def test_each_round_waits_longer_until_the_delays_are_used_up() -> None:
    assert [next_delay(attempts, (5, 30, 300)) for attempts in range(5)] == [5, 30, 300, None, None]
    assert next_delay(0, ()) is None


@pytest.mark.parametrize(
    ("seconds", "name"),
    [
        (5, "5s"),
        (30, "30s"),
        (60, "1m"),
        (300, "5m"),
        (90, "90s"),
        (3600, "1h"),
        (7200, "2h"),
        (5400, "90m"),
        (86_400, "24h"),
        (0.25, "250ms"),
    ],
)
def test_a_delay_is_named_as_people_say_it(seconds: float, name: str) -> None:
    assert delay_name(seconds) == name
