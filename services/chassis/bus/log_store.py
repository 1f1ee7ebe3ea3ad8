"""The relay's statements on outbox and fact log, for both databases.

On PostgreSQL those of the leading relay run on the leader's own connection, each its own transaction: who has lost the lock has
lost the connection, too.
"""

import json
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa

from services.chassis.bus.fact_log import PUBLIC, Lane, fact_lanes, fact_log, fact_numbering, lanes
from services.chassis.bus.outbox import outbox
from services.chassis.bus.telling import Telling
from services.chassis.database import Database
from services.chassis.errors import Transient
from services.chassis.facts.envelope import PREFIX


class LostLead(Transient):
    """Somebody else numbers the facts of this service: what was known of the numbering is out of date."""


class Recorded(NamedTuple):
    """A fact in the outbox."""

    seq: int
    fact: str
    headers: str
    body: str
    public_body: str | None


class Numbered(NamedTuple):
    """A fact in the log. ``numbers``: by reader, its number on that reader's lane."""

    number: int
    epoch: int
    fact: str
    headers: str
    body: str
    public_body: str | None
    numbers: Mapping[str, int]
    erased: bool = False


class Numbering(NamedTuple):
    """The state of the numbering: its epoch, the last number given, and the lanes by reader, ``public`` among them."""

    epoch: int
    head: int
    lanes: dict[str, Lane]


# made once: they run for every batch
_FETCH = sa.select(*(outbox.c[name] for name in Recorded._fields)).order_by(outbox.c.seq).limit(sa.bindparam("most"))
_KEPT = [fact_log.c[name] for name in Numbered._fields]
_RANGE = sa.select(*_KEPT).where(fact_log.c.number > sa.bindparam("after"), fact_log.c.number <= sa.bindparam("upto"))
_FOR_READER = _RANGE.where(fact_log.c.numbers.contains(sa.bindparam("key"))).order_by(fact_log.c.number)
_FOR_PUBLIC = _RANGE.where(fact_log.c.public_body.is_not(None)).order_by(fact_log.c.number)
_FOR_ALL = _RANGE.order_by(fact_log.c.number)
#: moves only if the numbering is still the one that was read
_MOVE = sa.text(
    "WITH head AS (UPDATE fact_numbering SET head = :head WHERE head = :before AND epoch = :epoch RETURNING epoch),"
    " given AS (SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS"
    " g(seq bigint, number bigint, about text, numbers text, holds_secret boolean)),"
    " moved AS (DELETE FROM outbox o USING given g, head WHERE o.seq = g.seq RETURNING g.number, head.epoch, g.about, g.numbers,"
    " g.holds_secret, o.id, o.fact, o.headers, o.body, o.public_body, o.recorded_at),"
    " counted AS (UPDATE fact_lanes l SET numbered = n.numbered, last = n.last"
    " FROM head, json_to_recordset(CAST(:lanes AS json)) AS n(reader text, numbered bigint, last bigint) WHERE l.reader = n.reader)"
    " INSERT INTO fact_log (number, epoch, about, numbers, holds_secret, id, fact, headers, body, public_body, recorded_at)"
    " SELECT * FROM moved"
)
_COPY = sa.text(
    "INSERT INTO fact_log (number, epoch, about, numbers, holds_secret, id, fact, headers, body, public_body, recorded_at)"
    " SELECT :number, :epoch, :about, :numbers, :holds_secret, id, fact, headers, body, public_body, recorded_at"
    " FROM outbox WHERE seq = :seq"
)
_GONE = sa.text("DELETE FROM outbox WHERE seq IN (SELECT value FROM json_each(:seqs))")
_ADVANCE_POSTGRESQL = sa.text(
    # no fact need wait for the disk here: what a crash undoes is sent again, and dropped by its id
    "WITH hurry AS (SELECT set_config('synchronous_commit', 'off', true))"
    " UPDATE fact_lanes l SET position = n.position, delivered = n.delivered, stopped = n.stopped FROM hurry,"
    " json_to_recordset(CAST(:lanes AS json)) AS n(reader text, position bigint, delivered bigint, stopped text)"
    " WHERE l.reader = n.reader"
)
_ADVANCE = (
    sa.update(fact_lanes)
    .where(fact_lanes.c.reader == sa.bindparam("of"))
    .values(position=sa.bindparam("at"), delivered=sa.bindparam("through"), stopped=sa.bindparam("because"))
)


class LogStore:
    """Statements on the log. ``leader``: the leading relay's connection on PostgreSQL; None: connections of the pool."""

    def __init__(self, database: Database, leader: sa.Connection | None = None) -> None:
        self._database = database
        self._leader = leader

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Yield a connection to read with."""
        if self._leader is not None:
            yield self._leader
        else:
            with self._database.read() as session:
                yield session.connection()

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Yield a connection to write with; committed when the block ends, the leader's after each statement."""
        if self._leader is not None:
            yield self._leader
        else:
            with self._database.write() as session:
                yield session.connection()

    def open(self, readers: Collection[str]) -> Numbering:
        """Begin the numbering if there is none, and a lane for each reader that has none: from here on it gets everything.

        Facts that an earlier release has set aside for want of a reader go back into the outbox.
        """
        with self._database.write() as session:
            row = session.execute(sa.select(fact_numbering.c.epoch, fact_numbering.c.head)).first()
            epoch, head = row or (int(time.time()), 0)
            if row is None:
                session.execute(sa.insert(fact_numbering).values(one=1, epoch=epoch, head=head))
            known = {lane.reader for lane in lanes(session)}
            for reader in {*readers, PUBLIC} - known:
                new = {"reader": reader, "numbered": 0, "delivered": 0, "position": head, "last": 0}
                session.execute(sa.insert(fact_lanes).values(new))
            _bring_back_unrouted(session.connection())
            return Numbering(
                epoch, head, {lane.reader: lane for lane in lanes(session) if lane.reader in {*readers, PUBLIC}}
            )

    def recorded(self, limit: int) -> Sequence[Recorded]:
        """Return the oldest facts in the outbox, in commit order."""
        with self.reading() as connection:
            return [Recorded(*row) for row in connection.execute(_FETCH, {"most": limit})]

    def number(self, recorded: Sequence[Recorded], now: Numbering, telling: Telling) -> tuple[list[Numbered], Numbering]:
        """Move ``recorded`` from the outbox into the log, numbered from ``now.head`` + 1 on; durable when this returns.

        :returns: the facts as numbered, and the numbering after them.
        :raises LostLead: if somebody else has numbered meanwhile.
        """
        lanes = dict(now.lanes)
        facts, rows = [], []
        for number, one in enumerate(recorded, now.head + 1):
            numbers: dict[str, int] = {}
            for reader in telling.subscribers.get(one.fact, ()):
                lane = lanes[reader]
                lanes[reader] = lane._replace(numbered=lane.numbered + 1, last=number)
                numbers[reader] = lane.numbered + 1
            facts.append(Numbered(number, now.epoch, one.fact, one.headers, one.body, one.public_body, numbers))
            about = orjson.loads(one.headers).get(PREFIX + "correlationid", "")
            rows.append(
                {
                    "seq": one.seq,
                    "number": number,
                    "about": about,
                    "numbers": _json(numbers),
                    "holds_secret": one.fact in telling.secrets,
                }
            )
        after = Numbering(now.epoch, now.head + len(facts), lanes)
        counted = [
            {"reader": reader, "numbered": lane.numbered, "last": lane.last}
            for reader, lane in lanes.items()
            if lane is not now.lanes[reader]
        ]
        if self._database.is_postgresql:
            bound = {
                "rows": _json(rows),
                "lanes": _json(counted),
                "epoch": now.epoch,
                "before": now.head,
                "head": after.head,
            }
            with self.writing() as connection:
                moved = connection.execute(_MOVE, bound).rowcount == len(rows)
        else:
            moved = self._move_on_sqlite(rows, counted, now, after)
        if not moved:
            raise LostLead("outbox: somebody else numbers it")
        return facts, after

    def _move_on_sqlite(
        self, rows: Sequence[dict[str, Any]], counted: Sequence[dict[str, Any]], now: Numbering, after: Numbering
    ) -> bool:
        with self._database.write() as session:
            connection = session.connection()
            ours = (fact_numbering.c.head == now.head, fact_numbering.c.epoch == now.epoch)
            if not connection.execute(sa.update(fact_numbering).where(*ours).values(head=after.head)).rowcount:
                return False
            connection.execute(_COPY, [row | {"epoch": now.epoch} for row in rows])
            connection.execute(_GONE, {"seqs": json.dumps([row["seq"] for row in rows])})
            for lane in counted:
                connection.execute(sa.update(fact_lanes).where(fact_lanes.c.reader == lane["reader"]).values(lane))
        return True

    def between(self, after: int, upto: int, reader: str | None = None, *, public: bool = False) -> list[Numbered]:
        """Return the facts with numbers above ``after`` up to ``upto``: those of one reader, those with a public part, or all."""
        bound: dict[str, Any] = {"after": after, "upto": upto}
        query = _FOR_PUBLIC if public else _FOR_ALL
        if reader is not None:
            query, bound["key"] = _FOR_READER, f'"{reader}":'
        with self.reading() as connection:
            return [_numbered(row) for row in connection.execute(query, bound)]

    def one(self, number: int) -> Numbered | None:
        """Return one fact; None if it is kept no longer."""
        return next(iter(self.between(number - 1, number)), None)

    def advance(self, moved: Collection[Lane]) -> None:
        """Note how far these lanes have come, and whether they stand still."""
        if self._database.is_postgresql:
            rows = [
                {"reader": each.reader, "position": each.position, "delivered": each.delivered, "stopped": each.stopped}
                for each in moved
            ]
            with self.writing() as connection:
                connection.execute(_ADVANCE_POSTGRESQL, {"lanes": _json(rows)})
            return
        with self._database.write() as session:
            for each in moved:
                session.connection().execute(
                    _ADVANCE, {"of": each.reader, "at": each.position, "through": each.delivered, "because": each.stopped}
                )


def _numbered(row: Any) -> Numbered:
    return Numbered(*row)._replace(numbers=orjson.loads(row.numbers))


def _json(data: Any) -> str:
    return orjson.dumps(data).decode()


def _bring_back_unrouted(connection: sa.Connection) -> None:
    columns = [column.name for column in outbox.c]
    unrouted = sa.table("outbox_unrouted", *(sa.column(name) for name in columns))
    connection.execute(sa.insert(outbox).from_select(columns, sa.select(unrouted)))
    connection.execute(sa.delete(unrouted))
