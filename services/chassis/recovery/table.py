"""The restores that a database has had, and what of them the running service asks."""

from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.database import Database, Instant, ServiceSession, chassis_metadata

recoveries = sa.Table(
    "recoveries",
    chassis_metadata,
    #: counts the restores of this service, those too that an older backup knows nothing of (the ledger does)
    sa.Column("generation", sa.Integer(), primary_key=True, autoincrement=False),
    #: the database as it was restored: differs after each restore
    sa.Column("identity", sa.Text(), nullable=False),
    sa.Column("since", Instant(), nullable=False),
    sa.Column("done_at", Instant(), nullable=False),
    #: what was done, as JSON
    sa.Column("report", sa.Text(), nullable=False),
)

#: more than any aggregate changes; the sum fits into 32 bits for two thousand restores
_REVISIONS_EACH = 1_000_000
_LATEST = sa.select(recoveries).order_by(recoveries.c.generation.desc()).limit(1)

_done_at: WeakKeyDictionary[Database, datetime | None] = WeakKeyDictionary()


def add(session: ServiceSession, row: dict[str, Any]) -> None:
    """Note a restore."""
    session.execute(sa.insert(recoveries), row)
    _done_at.pop(session.database, None)


def latest(session: Session) -> sa.RowMapping | None:
    """Return the row of the newest restore; None if there was none."""
    return session.execute(_LATEST).mappings().one_or_none()


def revision_base(database: Database) -> int:
    """Return what is added to the revision of every fact, so that readers take what follows a restore as newer.

    An aggregate of a backup counts on from an earlier revision; a reader that remembers a later one would ignore its facts.
    """
    with database.read() as session:
        row = latest(session)
    return row["generation"] * _REVISIONS_EACH if row else 0


def restored_at(session: ServiceSession) -> datetime | None:
    """Return when this database was last made ready after a restore; None if it never was. Read once for each process."""
    if session.database not in _done_at:
        row = latest(session)
        _done_at[session.database] = row["done_at"] if row else None
    return _done_at[session.database]


_IDENTITY = sa.text(
    "SELECT concat_ws('/', substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), "
    "(SELECT oid FROM pg_database WHERE datname = current_database()), 'inbox'::regclass::oid)"
)


def identity(session: ServiceSession) -> str:
    """Return what differs once a backup was restored: the timeline (PITR), the database or its tables (pg_restore).

    A SQLite file tells nothing of the kind: there it is the newest moment that it knows.
    """
    if session.database.is_postgresql:
        return str(session.scalar(_IDENTITY))
    return f"sqlite/{newest_moment(session)}"


#: what grows with everything that happens
_MOMENTS = (
    ("inbox", "received_at"),
    ("outbox", "recorded_at"),
    ("fact_log", "recorded_at"),
    ("jobs", "added_at"),
    ("jobs", "ended_at"),
)


def newest_moment(session: Session) -> datetime | None:
    """Return the newest moment that the database knows of: about when its backup was made. None if nothing has happened."""
    moments: list[datetime | None] = [session.scalar(_newest(table, column)) for table, column in _MOMENTS]
    return max((moment for moment in moments if moment is not None), default=None)


def _newest(table: str, column: str) -> sa.Select[Any]:
    moment = sa.column(column, Instant())
    return sa.select(sa.func.max(moment, type_=Instant())).select_from(sa.table(table, moment))
