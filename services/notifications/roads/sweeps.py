"""Look at the roads every few seconds, one process at a time, and move their shares."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep
from services.notifications.roads.figures import measure
from services.notifications.roads.metrics import SHIFTS
from services.notifications.roads.rules import USUAL, Bounds, Pace, Standing, next_move
from services.notifications.roads.tables import Road, RoadError, Shift, last_shift, lock_roads, set_shares
from services.notifications.settings import Settings

log = get_logger(__name__)

_ERRORS_KEPT, _SHIFTS_KEPT = timedelta(minutes=10), timedelta(days=90)


def sweeps(resources: Resources[Settings]) -> list[Sweep]:
    """Return the sweep that moves shares, where there are two roads."""
    return sweeps_at(resources, USUAL)


def sweeps_at(resources: Resources[Settings], pace: Pace) -> list[Sweep]:
    """Return the same at another pace."""
    settings = resources.settings
    bounds = Bounds(settings.sms_road_most_errors, settings.sms_road_slow_percent, pace)
    used = settings.sms_roads

    def due(now: datetime) -> sa.Select[Any]:
        """Select the first road, which stands for all: whoever looks locks them in order of their names."""
        first = sa.select(sa.func.min(Road.name)).scalar_subquery()
        return sa.select(Road).where(Road.name == first, Road.looked_at <= now - pace.look_every)

    def look(session: Session, _first: Road) -> None:
        now, roads = clock.now(), lock_roads(session)
        for road in roads:
            road.looked_at = now
        mine = [road for road in roads if road.name in used]
        last = last_shift(session)
        move = next_move(
            {road.name: Standing(road.share, road.rest) for road in mine},
            measure(session, used, now, pace),
            bounds,
            None if last is None else now - last,
        )
        if move is not None:
            for name in set_shares(session, mine, move.shares, move.why):
                SHIFTS.labels(name, move.why).inc()
            log.warning("sms_roads_shifted", reason=move.why, shares=str(move.shares))

        _forget(session, now)

    if len(used) < 2:
        return []
    return [Sweep("shift_sms_roads", due, look, limit=Limit.NONE, every_seconds=pace.look_every.total_seconds())]


def _forget(session: Session, now: datetime) -> None:
    """Delete figures that nobody counts any more: not data of people, so without the bounds of a `Pruning`."""
    session.execute(sa.delete(RoadError).where(RoadError.at < now - _ERRORS_KEPT))
    session.execute(sa.delete(Shift).where(Shift.at < now - _SHIFTS_KEPT))
