"""SQLAlchemy's engines for the two kinds of database, set up for what services do with them."""

import os
from typing import Any

# psycopg picks its wait function at import: with any other, connecting blocks every green thread
os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_select")

import sqlalchemy as sa
from sqlalchemy import event

_SQLITE_BUSY_SECONDS = 5.0
_CACHED_STATEMENT_LENGTH, _CACHED_STATEMENT_PARAMS = 64 * 1024, 4096
#: a statement is prepared the second time it comes; as many as that for each connection (a service has about a hundred)
_PREPARE_AT, _PREPARED_AT_MOST = 1, 400


def postgresql(url: sa.URL, pool_size: int) -> sa.Engine:
    import psycopg._queries

    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_use_lifo=True,
        # pages of one size are one text, parsed once
        insertmanyvalues_page_size=100,
        connect_args={"connect_timeout": 5, "application_name": "vss", "prepare_threshold": _PREPARE_AT},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.prepared_max = _PREPARED_AT_MOST

    # one statement with many VALUES instead of many statements: makes the rows of a batch one round trip
    engine.dialect.use_insertmanyvalues_wo_returning = True
    # psycopg parses a statement anew each time unless it is short; for the rows of a batch that is a quarter of the work
    psycopg._queries.MAX_CACHED_STATEMENT_LENGTH = _CACHED_STATEMENT_LENGTH  # noqa: SLF001  # psycopg 3.3 has no setting
    psycopg._queries.MAX_CACHED_STATEMENT_PARAMS = _CACHED_STATEMENT_PARAMS  # noqa: SLF001  # psycopg 3.3 has no setting
    return engine


def sqlite(url: sa.URL, pool_size: int) -> sa.Engine:
    engine = sa.create_engine(
        url, pool_size=pool_size, max_overflow=0, pool_timeout=10, connect_args={"timeout": _SQLITE_BUSY_SECONDS}
    )

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
        read_only = connection.get_execution_options().get("vss_read_only")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
