"""Delete counts whose window has ended."""

import sqlalchemy as sa

from services.accounts.throttles.rules import Throttle
from services.chassis.sweeps import Limit, Sweep

sweeps = (
    Sweep(
        "forget_throttles",
        lambda now: sa.select(Throttle).where(Throttle.until <= now),
        lambda session, throttle: session.delete(throttle),
        limit=Limit.RECORDS,
        every_seconds=3600,
    ),
)
