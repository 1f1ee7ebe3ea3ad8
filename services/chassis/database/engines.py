"""SQLAlchemy engines for PostgreSQL and SQLite, tuned for services."""

import os
from typing import Any

# psycopg picks its wait function at import: with any other, connecting blocks every green thread
os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_select")

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.pool import NullPool

from services.chassis import tls
from services.chassis.database import failures
from services.chassis.database.pooler import is_behind_pooler
from services.chassis.errors import StartUpError

_SQLITE_BUSY_SECONDS = 5.0
_CACHED_STATEMENT_LENGTH, _CACHED_STATEMENT_PARAMS = 64 * 1024, 4096
#: a statement is prepared the second time it comes; as many as that for each connection (a service has about a hundred)
_PREPARE_AT, _PREPARED_AT_MOST = 1, 400
#: a server that vanished without a word (power cut, fenced off by its network) is given up after so long
_SILENCE_SECONDS = 15


def parse_url(setting: str, url: str) -> sa.URL:
    """Return the URL, with our driver.

    :raises StartUpError: naming the ``setting``, if it is none.
    """
    try:
        parsed = sa.make_url(url)
    except exc.ArgumentError:
        raise StartUpError(f"{setting} is no database URL (sqlite:///file or postgresql+psycopg://…)") from None
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if (authorities := tls.own_authorities()) and parsed.get_backend_name() == "postgresql":
        # libpq knows no system's authorities unless it is told so
        return parsed.set(query={"sslrootcert": str(authorities), **parsed.query})
    return parsed


def postgresql(url: sa.URL, pool_size: int) -> sa.Engine:
    """Return a pooled engine whose connections prepare statements, unless a pooler stands before the server."""
    import psycopg._queries

    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_use_lifo=True,
        # pages of one size are one text, parsed once
        insertmanyvalues_page_size=100,
        connect_args=_connect_args(url) | {"prepare_threshold": _PREPARE_AT},
    )
    failures.drop_connections(engine)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.prepared_max = _PREPARED_AT_MOST
        if is_behind_pooler(connection):
            connection.prepare_threshold = None

    @event.listens_for(engine, "do_execute")
    def _execute(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        """Execute, and once more without a plan that DDL made stale where nothing else would be repeated: in a read."""
        try:
            cursor.execute(statement, parameters)
        except psycopg.Error as error:
            if not (cursor.connection.autocommit and failures.is_stale(error)):
                raise
            # its other plans are as old: the next user gets a new connection
            context.root_connection.connection.invalidate(soft=True)
            cursor.execute(statement, parameters, prepare=False)
        return True

    # one statement with many VALUES instead of many statements: makes the rows of a batch one round trip
    engine.dialect.use_insertmanyvalues_wo_returning = True
    # psycopg parses a statement anew each time unless it is short; for the rows of a batch that is a quarter of the work
    psycopg._queries.MAX_CACHED_STATEMENT_LENGTH = _CACHED_STATEMENT_LENGTH  # noqa: SLF001  # psycopg 3.3 has no setting
    psycopg._queries.MAX_CACHED_STATEMENT_PARAMS = _CACHED_STATEMENT_PARAMS  # noqa: SLF001  # psycopg 3.3 has no setting
    return engine


def postgresql_unpooled(url: sa.URL, **connect_args: Any) -> sa.Engine:
    """Return an engine in autocommit whose connections are closed after use: for what belongs to a session, such as its locks."""
    return sa.create_engine(
        url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=_connect_args(url) | connect_args
    )


def _connect_args(url: sa.URL) -> dict[str, Any]:
    """Our defaults for what the URL leaves open."""
    defaults: dict[str, Any] = {
        "connect_timeout": 5,
        "application_name": "vss",
        "keepalives_idle": _SILENCE_SECONDS - 6,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": _SILENCE_SECONDS * 1000,
    }
    if isinstance(url.query.get("host"), tuple) or "," in str(url.query.get("host", "")):
        # whoever names several servers means the one that takes writes
        defaults["target_session_attrs"] = "read-write"
    return {name: value for name, value in defaults.items() if name not in url.query}


def sqlite(url: sa.URL, pool_size: int) -> sa.Engine:
    """Return a pooled engine in WAL mode whose write transactions begin as such."""
    engine = sa.create_engine(
        url, pool_size=pool_size, max_overflow=0, pool_timeout=10, connect_args={"timeout": _SQLITE_BUSY_SECONDS}
    )
    failures.drop_connections(engine)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        # FULL: a commit that was answered survives a power cut too
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # IMMEDIATE: a transaction that will write must not find out half-way that another one is
        options = connection.get_execution_options()
        read_only = options.get("vss_read_only")
        if not read_only:
            connection.exec_driver_sql(f"PRAGMA synchronous={'NORMAL' if options.get('vss_passing') else 'FULL'}")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
