"""How much waits to be told: measured beside the relay, so that the figures are right above all while it hangs."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from services.chassis import clock
from services.chassis.bus.fact_log import PUBLIC, Lane, fact_log, lanes
from services.chassis.bus.outbox import outbox
from services.chassis.database import Database
from services.chassis.database.instant import utc
from services.chassis.observe import metrics

_COUNT_AT_MOST = 100_000


class Backlog(NamedTuple):
    """What waits. Ages in seconds; ``recorded`` counts up to 100,000, so that it stays cheap after a long outage."""

    recorded: int
    recorded_age: float
    lanes: dict[str, Lane]
    lane_ages: dict[str, float]


def measure(database: Database) -> Backlog:
    """Look at outbox and lanes."""
    with database.read() as session:
        some = sa.select(outbox.c.seq).limit(_COUNT_AT_MOST).subquery()
        recorded = session.scalar(sa.select(sa.func.count()).select_from(some)) or 0
        oldest = session.scalar(sa.select(outbox.c.recorded_at).order_by(outbox.c.seq).limit(1))
        known = {lane.reader: lane for lane in lanes(session)}
        ages: dict[str, float] = {}
        for reader, lane in known.items():
            after = sa.select(fact_log.c.recorded_at).where(fact_log.c.number > lane.position)
            first = session.scalar(after.order_by(fact_log.c.number).limit(1)) if lane.behind or reader == PUBLIC else None
            ages[reader] = _age(first)
    return Backlog(recorded, _age(oldest), known, ages)


def show(service: str, found: Backlog) -> None:
    """Set the gauges of ``service``."""
    counted = metrics.of(service)
    behind = {reader: lane for reader, lane in found.lanes.items() if reader != PUBLIC}
    counted.outbox_rows.set(found.recorded + sum(lane.behind for lane in behind.values()))
    going = [found.lane_ages[reader] for reader, lane in behind.items() if not lane.stopped]
    counted.outbox_age_seconds.set(max([found.recorded_age, *going]))
    for reader, lane in found.lanes.items():
        counted.lane_behind[reader].set(lane.behind)
        counted.lane_age_seconds[reader].set(found.lane_ages[reader])


def _age(since: datetime | None) -> float:
    if since is None:
        return 0.0
    moment = utc(since) if since.tzinfo else utc(since.replace(tzinfo=clock.now().tzinfo))
    return max(0.0, (clock.now() - moment).total_seconds())
