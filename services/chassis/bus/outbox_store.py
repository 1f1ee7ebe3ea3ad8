"""What the relay does to the outbox's tables, on both databases.

On PostgreSQL every statement runs on the leader's own connection, each its own transaction.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from services.chassis.bus.outbox import outbox, outbox_unrouted
from services.chassis.database import Database

_COUNT_AT_MOST = 100_000
_MOVE_ROWS = 5_000
_ALL = "seq, id, fact, headers, body, public_body, needs_reader, recorded_at"


class Row(NamedTuple):
    """A fact waiting to be sent; its id stands in the headers."""

    seq: int
    fact: str
    headers: str
    body: str
    public_body: str | None
    needs_reader: bool


class Backlog(NamedTuple):
    """How much waits: rows (counted up to 100,000), when the oldest was recorded, and facts that nobody is bound to."""

    rows: int
    oldest: datetime | None
    unrouted: int


# made once: they run for every fact
_FETCH = (
    sa.select(outbox.c.seq, outbox.c.fact, outbox.c.headers, outbox.c.body, outbox.c.public_body, outbox.c.needs_reader)
    .order_by(outbox.c.seq)
    .limit(sa.bindparam("most"))
)
_FORGET_POSTGRESQL = sa.text("DELETE FROM outbox WHERE seq = ANY(:seqs)")
_FORGET_SQLITE = sa.text("DELETE FROM outbox WHERE seq IN (SELECT value FROM json_each(:seqs))")


class OutboxStore:
    """Rows of the outbox, for the one relay that leads."""

    def __init__(self, database: Database, leader: sa.Connection | None) -> None:
        self._database = database
        self._leader = leader

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        if self._leader is not None:
            yield self._leader
        else:
            with self._database.read() as session:
                yield session.connection()

    def fetch(self, limit: int) -> Sequence[Row]:
        """The oldest rows, in the order of their commits."""
        with self._reading() as connection:
            return [Row(*row) for row in connection.execute(_FETCH, {"most": limit})]

    def delete(self, seqs: Sequence[int]) -> None:
        """Forget rows that the broker has confirmed."""
        if self._leader is not None:
            self._leader.execute(_FORGET_POSTGRESQL, {"seqs": list(seqs)})
            return
        with self._database.write() as session:
            session.connection().execute(_FORGET_SQLITE, {"seqs": json.dumps(list(seqs))})

    def set_aside(self, seqs: Sequence[int], *, public_sent: bool) -> None:
        """Move rows that no queue is bound to out of the way, without the public part if that went out."""
        public = "NULL" if public_sent else "public_body"
        columns = _ALL.replace("public_body", public)
        if self._leader is not None:
            # one statement, so that a crash between the two halves cannot lose a row
            moved = f"WITH moved AS (DELETE FROM outbox WHERE seq = ANY(:seqs) RETURNING {_ALL})"
            self._leader.execute(
                sa.text(f"{moved} INSERT INTO outbox_unrouted ({_ALL}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM moved"),
                {"seqs": list(seqs)},
            )
            return
        with self._database.write() as session:
            chosen = "seq IN (SELECT value FROM json_each(:seqs))"
            values = {"seqs": json.dumps(list(seqs))}
            session.execute(
                sa.text(f"INSERT INTO outbox_unrouted ({_ALL}) SELECT {columns} FROM outbox WHERE {chosen}"), values
            )
            session.execute(sa.text(f"DELETE FROM outbox WHERE {chosen}"), values)

    def oldest_unrouted(self) -> Sequence[Row]:
        """The oldest row set aside of each fact: one try tells whether somebody reads that fact by now."""
        first = sa.select(sa.func.min(outbox_unrouted.c.seq)).group_by(outbox_unrouted.c.fact)
        query = sa.select(*(outbox_unrouted.c[name] for name in Row._fields)).where(
            outbox_unrouted.c.seq.in_(first.scalar_subquery())
        )
        with self._reading() as connection:
            return [Row(*row) for row in connection.execute(query)]

    def bring_back(self, fact: str) -> int:
        """Put rows of ``fact`` back into the outbox, under their old numbers; some thousands at a time. Returns how many."""
        total = 0
        while True:
            chosen = "seq IN (SELECT seq FROM outbox_unrouted WHERE fact = :fact ORDER BY seq LIMIT :limit)"
            values = {"fact": fact, "limit": _MOVE_ROWS}
            if self._leader is not None:
                count = self._leader.execute(
                    sa.text(
                        f"WITH moved AS (DELETE FROM outbox_unrouted WHERE {chosen} RETURNING {_ALL}) "
                        f"INSERT INTO outbox ({_ALL}) OVERRIDING SYSTEM VALUE SELECT {_ALL} FROM moved"
                    ),
                    values,
                ).rowcount
            else:
                with self._database.write() as session:
                    insert = f"INSERT INTO outbox ({_ALL}) SELECT {_ALL} FROM outbox_unrouted WHERE {chosen}"
                    count = session.connection().execute(sa.text(insert), values).rowcount
                    session.execute(sa.text(f"DELETE FROM outbox_unrouted WHERE {chosen}"), values)
            total += count
            if count < _MOVE_ROWS:
                return total

    def backlog(self) -> Backlog:
        """How much waits. Counts up to 100,000, so that asking stays cheap when the broker has been away for long."""
        with self._reading() as connection:
            some = sa.select(sa.literal(1)).select_from(outbox).limit(_COUNT_AT_MOST).subquery()
            rows = connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()
            oldest = connection.execute(sa.select(outbox.c.recorded_at).order_by(outbox.c.seq).limit(1)).scalar()
            aside = sa.select(sa.literal(1)).select_from(outbox_unrouted).limit(_COUNT_AT_MOST).subquery()
            unrouted = connection.execute(sa.select(sa.func.count()).select_from(aside)).scalar_one()
        return Backlog(rows, oldest, unrouted)
