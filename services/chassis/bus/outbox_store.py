"""The relay's statements on the outbox tables, for both databases.

On PostgreSQL every statement runs on the leader's own connection, each its own transaction.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from services.chassis.bus.outbox import outbox, outbox_unrouted
from services.chassis.database import Database

_COUNT_AT_MOST = 100_000
_MOVE_ROWS = 5_000
_ALL = "seq, id, fact, headers, body, public_body, needs_reader, recorded_at"


class Row(NamedTuple):
    """A fact waiting to be sent; its id is in the headers."""

    seq: int
    fact: str
    headers: str
    body: str
    public_body: str | None
    needs_reader: bool


class Backlog(NamedTuple):
    """Waiting rows (counted up to 100,000), when the oldest was recorded, and rows set aside."""

    rows: int
    oldest: datetime | None
    unrouted: int


# made once: they run for every fact
_FETCH = sa.select(*(outbox.c[name] for name in Row._fields)).order_by(outbox.c.seq).limit(sa.bindparam("most"))
_FORGET_POSTGRESQL = sa.text("DELETE FROM outbox WHERE seq = ANY(:seqs)")
_FORGET_SQLITE = sa.text("DELETE FROM outbox WHERE seq IN (SELECT value FROM json_each(:seqs))")


class OutboxStore:
    """The outbox's rows, for the leading relay."""

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
        """Fetch the oldest rows in commit order."""
        with self._reading() as connection:
            return [Row(*row) for row in connection.execute(_FETCH, {"most": limit})]

    def delete(self, seqs: Sequence[int]) -> None:
        """Delete rows that the broker has confirmed."""
        if self._leader is not None:
            self._leader.execute(_FORGET_POSTGRESQL, {"seqs": list(seqs)})
            return
        with self._database.write() as session:
            session.connection().execute(_FORGET_SQLITE, {"seqs": json.dumps(list(seqs))})

    def set_aside(self, seqs: Sequence[int], *, public_sent: bool) -> None:
        """Set aside rows that no queue is bound to, without the public part if that was sent."""
        columns = _ALL.replace("public_body", "NULL" if public_sent else "public_body")
        chosen = "seq IN (SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(:seqs AS json)))"
        if self._leader is None:
            chosen = "seq IN (SELECT value FROM json_each(:seqs))"
        self._move("outbox", "outbox_unrouted", chosen, {"seqs": json.dumps(list(seqs))}, columns)

    def oldest_unrouted(self) -> Sequence[Row]:
        """Fetch the oldest row set aside of each fact; sending it shows whether a queue is bound by now."""
        first = sa.select(sa.func.min(outbox_unrouted.c.seq)).group_by(outbox_unrouted.c.fact)
        query = sa.select(*(outbox_unrouted.c[name] for name in Row._fields)).where(
            outbox_unrouted.c.seq.in_(first.scalar_subquery())
        )
        with self._reading() as connection:
            return [Row(*row) for row in connection.execute(query)]

    def bring_back(self, fact: str) -> int:
        """Move rows of ``fact`` back into the outbox under their old numbers, in chunks; return how many."""
        total = 0
        while True:
            chosen = "seq IN (SELECT seq FROM outbox_unrouted WHERE fact = :fact ORDER BY seq LIMIT :limit)"
            count = self._move("outbox_unrouted", "outbox", chosen, {"fact": fact, "limit": _MOVE_ROWS}, _ALL)
            total += count
            if count < _MOVE_ROWS:
                return total

    def _move(self, source: str, target: str, chosen: str, values: dict[str, Any], columns: str) -> int:
        """Move the rows that ``chosen`` selects, keeping their numbers; return how many."""
        insert, delete = f"INSERT INTO {target} ({_ALL})", f"DELETE FROM {source} WHERE {chosen}"
        if self._leader is not None:
            # one statement, so that a crash between the two halves cannot lose a row
            moved = f"WITH moved AS ({delete} RETURNING {_ALL}) {insert} OVERRIDING SYSTEM VALUE SELECT {columns} FROM moved"
            return self._leader.execute(sa.text(moved), values).rowcount
        with self._database.write() as session:
            copied = session.connection().execute(sa.text(f"{insert} SELECT {columns} FROM {source} WHERE {chosen}"), values)
            session.execute(sa.text(delete), values)
        return copied.rowcount

    def backlog(self) -> Backlog:
        """Measure the backlog. Counts up to 100,000, so that it stays cheap after a long outage."""
        with self._reading() as connection:
            oldest = connection.scalar(sa.select(outbox.c.recorded_at).order_by(outbox.c.seq).limit(1))
            some = [sa.select(table.c.seq).limit(_COUNT_AT_MOST).subquery() for table in (outbox, outbox_unrouted)]
            rows, unrouted = (connection.scalar(sa.select(sa.func.count()).select_from(one)) or 0 for one in some)
        return Backlog(rows, oldest, unrouted)
