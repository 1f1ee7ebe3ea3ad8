"""The tables of what was told: the fact log, its numbering, and how far each reader's lane has come.

The relay takes rows out of the outbox in commit order, numbers them, and keeps them here for some days, so that they can be told
again. A *lane* is the way from a source to one reader (``topology.lane_exchange``); the feed for everybody else is the lane
``public``. Two numbers: ``number`` counts all facts of the source; ``numbers`` holds, for each declared reader of the fact, its
place in what that reader is to get. Neither has holes, unlike numbers drawn in transactions.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.bus.outbox import outbox
from services.chassis.database import Instant, chassis_metadata
from services.chassis.sweeps import Pruning

#: the lane of the feed for other agencies; no service may bear this name
PUBLIC = "public"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

fact_log = sa.Table(
    "fact_log",
    chassis_metadata,
    sa.Column("number", _BIG, primary_key=True, autoincrement=False),
    #: when the numbering of the lanes began, in seconds; a new one begins after a restore
    sa.Column("epoch", sa.BigInteger(), nullable=False),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.Column("fact", sa.Text(), nullable=False),
    #: the dossier, account or complaint that the fact belongs to (its correlation id): its data may have to go
    sa.Column("about", sa.Text(), nullable=False),
    sa.Column("headers", sa.Text(), nullable=False),
    sa.Column("body", sa.Text(), nullable=False),
    sa.Column("public_body", sa.Text()),
    #: JSON: {"<reader>": number}
    sa.Column("numbers", sa.Text(), nullable=False),
    #: its body has a sealed field that goes once every lane has it
    sa.Column("holds_secret", sa.Boolean(), nullable=False),
    #: its body has only the public fields left
    sa.Column("erased", sa.Boolean(), nullable=False, default=False),
    sa.Column("recorded_at", Instant(), nullable=False),
    #: by the database's own clock, which alone decides what is old
    sa.Column("told_at", Instant(), nullable=False, server_default=sa.func.current_timestamp()),
)

#: one row: the last ``number`` given, and the epoch of those to come
fact_numbering = sa.Table(
    "fact_numbering",
    chassis_metadata,
    sa.Column("one", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("epoch", sa.BigInteger(), nullable=False),
    sa.Column("head", sa.BigInteger(), nullable=False),
)

fact_lanes = sa.Table(
    "fact_lanes",
    chassis_metadata,
    sa.Column("reader", sa.Text(), primary_key=True),
    #: the last number given on this lane
    sa.Column("numbered", sa.BigInteger(), nullable=False),
    #: the last number that its reader's queue has
    sa.Column("delivered", sa.BigInteger(), nullable=False),
    #: everything in the log up to here has been delivered, or is not for this reader
    sa.Column("position", sa.BigInteger(), nullable=False),
    #: place in the log of the last fact for this reader; 0: none yet
    sa.Column("last", sa.BigInteger(), nullable=False),
    #: why it stands still (``Stopped``), if it does
    sa.Column("stopped", sa.Text()),
)


class Lane(NamedTuple):
    """How far a lane has come; columns as above."""

    reader: str
    numbered: int
    delivered: int
    position: int
    last: int
    stopped: str | None

    @property
    def behind(self) -> int:
        """Facts that are numbered and not delivered."""
        return self.numbered - self.delivered


def lanes(session: Session | sa.Connection) -> list[Lane]:
    """Return the lanes, by their readers' names; ``public`` has no numbers of its own."""
    rows = session.execute(sa.select(*(fact_lanes.c[name] for name in Lane._fields)).order_by(fact_lanes.c.reader))
    return [Lane(*row) for row in rows]


def pruning(readers: Collection[str], keep: timedelta) -> Pruning:
    """Return what forgets facts told longer than ``keep`` ago that every lane has.

    ``told_at`` is by the database's own clock, so the movable clock is left out; the guard has compared this machine's with it.

    :param readers: whose lanes count; those of readers that no release knows any more do not.
    """
    counting = fact_lanes.c.reader.in_([*readers, PUBLIC])
    everywhere = sa.select(sa.func.coalesce(sa.func.min(fact_lanes.c.position), 0)).where(counting).scalar_subquery()

    def old(_now: datetime) -> sa.Select[Any]:
        before = clock.machine_now() - keep
        query = sa.select(fact_log.c.number).where(fact_log.c.told_at < before, fact_log.c.number <= everywhere)
        return query.order_by(fact_log.c.number)

    return Pruning("prune_facts", old, every_seconds=600.0, pause_seconds=0.2)


def unsent(session: Session | sa.Connection) -> int:
    """Return how many facts are still to reach somebody's queue; one for several readers counts for each, if it is numbered."""
    # one statement: a fact moves from the one table to the other
    recorded = sa.select(sa.func.count()).select_from(outbox).scalar_subquery()
    behind = sa.func.coalesce(sa.func.sum(fact_lanes.c.numbered - fact_lanes.c.delivered), 0)
    return int(session.scalar(sa.select(recorded + behind).where(fact_lanes.c.reader != PUBLIC)) or 0)
