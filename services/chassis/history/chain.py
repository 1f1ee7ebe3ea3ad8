"""The hash chain: a link for each entry of a service's histories, made after the entry and never by the request that wrote it.

A link is the SHA-256 of the link before it, its own position, and the entry in canonical form. Links stand in a table of their own,
so entries are only ever inserted, and the same chain runs over all histories of a service, old and new.

Entries are numbered in transactions and become visible when those commit, so a lower number may come after a higher one: what has no
link yet is looked for among the newest numbers, and once a day (``everything``) among all.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.database import Instant, ServiceSession, chassis_metadata, utc

history_links = sa.Table(
    "history_links",
    chassis_metadata,
    #: 1, 2, 3 … without a hole
    sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("entry_table", sa.Text(), nullable=False),
    sa.Column("entry_seq", sa.BigInteger(), nullable=False),
    #: of the entry
    sa.Column("at", Instant(), nullable=False),
    #: 64 hexadecimal digits
    sa.Column("hash", sa.Text(), nullable=False),
)

BEGINNING = "0" * 64
#: how far below the newest linked number an entry may still become visible: far more than are written in a long transaction
_REACH = 10_000
_LOCK = 0x5653_4348


class Link(NamedTuple):
    """The newest link."""

    position: int
    hash: str


def newest(session: Session) -> Link:
    """Return the newest link; that before the first, if there is none."""
    columns = (history_links.c.position, history_links.c.hash)
    row = session.execute(sa.select(*columns).order_by(history_links.c.position.desc()).limit(1)).first()
    return Link(*row) if row else Link(0, BEGINNING)


def unchained(session: Session, table: sa.Table, *, limit: int, everything: bool = False) -> list[sa.RowMapping]:
    """Return entries of a history that have no link yet, lowest numbers first.

    :param everything: look through the whole table, and not only where new entries appear.
    """
    of_table = history_links.c.entry_table == table.name
    linked = sa.exists().where(of_table, history_links.c.entry_seq == table.c.seq)
    query = sa.select(table).where(~linked).order_by(table.c.seq).limit(limit)
    if not everything:
        last = session.scalar(sa.select(sa.func.max(history_links.c.entry_seq)).where(of_table)) or 0
        query = query.where(table.c.seq > last - _REACH)
    return list(session.execute(query).mappings())


def extend(
    session: ServiceSession, tables: Mapping[str, sa.Table], *, most: int = 1000, everything: bool = False
) -> int | None:
    """Link up to ``most`` entries of each history, in the order of their times. Return how many; None while another process does."""
    if session.database.is_postgresql and not session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_LOCK))):
        return None
    found = [
        (row["at"], name, row)
        for name, table in tables.items()
        for row in unchained(session, table, limit=most, everything=everything)
    ]
    found.sort(key=lambda each: (each[0], each[1], each[2]["seq"]))
    links, last = [], newest(session)
    for at, name, row in found:
        last = Link(last.position + 1, hash_of(last, name, row))
        links.append({"entry_table": name, "entry_seq": row["seq"], "at": at} | last._asdict())
    if links:
        session.execute(sa.insert(history_links), links)
    return len(links)


def hash_of(before: Link, table: str, row: sa.RowMapping) -> str:
    """Return the hash of the link after ``before`` for this entry."""
    entry = {"position": before.position + 1, "table": table, "entry": dict(_canonical(row))}
    return hashlib.sha256(before.hash.encode() + orjson.dumps(entry, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _canonical(row: sa.RowMapping) -> Iterator[tuple[str, Any]]:
    """Yield what is hashed of an entry. What is null is left out, so that a column added later changes no hash."""
    # names of columns are of SQLAlchemy's own kind of text
    for name, value in ((str(name), value) for name, value in row.items()):
        if isinstance(value, datetime):
            yield name, utc(value).isoformat(timespec="microseconds")
        elif isinstance(value, date):
            yield name, value.isoformat()
        elif isinstance(value, UUID):
            yield name, str(value)
        elif value is not None:
            yield name, value
