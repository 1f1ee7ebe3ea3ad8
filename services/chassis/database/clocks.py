"""The database's clock, and how far this machine's differs from it.

On PostgreSQL every process of a service can ask the same clock, so one machine that is wrong gives itself away. SQLite runs
inside the process and has no clock but the machine's own: there is nothing to compare, and a wrong clock is not noticed.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock

_ASK = sa.text("SELECT clock_timestamp()")


def clock_difference(session: Session) -> timedelta | None:
    """Return how far this machine's clock is ahead of the database's (negative: behind); None on SQLite.

    The time that the question takes counts for nothing: an answer from between asking and receiving is no difference.
    The movable clock's offset is left out.
    """
    if session.get_bind().dialect.name != "postgresql":
        return None
    asked = clock.machine_now()
    told: datetime = session.scalars(_ASK).one()
    received = clock.machine_now()
    if told < asked:
        return asked - told
    # also where this machine's clock was set back meanwhile: then it is the later moment that counts
    return received - told if told > received else timedelta(0)
