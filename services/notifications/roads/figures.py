"""Count what each road did lately: its errors, and how many SMS were slow. All processes write, whichever looks counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.database import Instant
from services.notifications.messages.rules import FAILED, SENT, Message
from services.notifications.roads.rules import USUAL, Figures, Pace
from services.notifications.roads.tables import RoadError
from services.notifications.sms.port import TWILIO

_M: Any = Message.__table__
_ROAD = sa.func.coalesce(_M.c.road, TWILIO)
_NOW, _SINCE = sa.bindparam("now", type_=Instant()), sa.bindparam("since", type_=Instant())
_IS_LATE = sa.or_(
    _M.c.delivered_at > _M.c.late_from,
    # the answer itself was slow
    _M.c.late_from <= _M.c.sent_at,
    sa.and_(_M.c.status == SENT, _M.c.late_from < _NOW),
)
# one that was lost says nothing about speed, and one that is still within its time nothing yet
_IS_KNOWN = sa.or_(_IS_LATE, _M.c.delivered_at.is_not(None))
_SENT = (
    sa.select(
        _ROAD.label("road"), sa.func.count().filter(_IS_KNOWN).label("known"), sa.func.count().filter(_IS_LATE).label("slow")
    )
    .where(_M.c.late_from.is_not(None), _M.c.sent_at > _SINCE, _M.c.status != FAILED)
    .group_by(_ROAD)
)
_ERRORS = sa.select(RoadError.road, sa.func.count().label("errors")).where(RoadError.at > _SINCE).group_by(RoadError.road)


def measure(session: Session, names: Iterable[str], now: datetime, pace: Pace = USUAL) -> Mapping[str, Figures]:
    """Return the figures of these roads."""
    errors = {row.road: row.errors for row in session.execute(_ERRORS, {"since": now - pace.errors_within})}
    sent = {row.road: row for row in session.execute(_SENT, {"since": now - pace.slow_within, "now": now})}
    return {
        name: Figures(errors.get(name, 0), *((sent[name].known, sent[name].slow) if name in sent else (0, 0)))
        for name in names
    }
