"""Delete sessions half a year after their last use; until then they help investigate misuse."""

from datetime import timedelta

import sqlalchemy as sa

from services.accounts.sessions.rules import DeviceSession
from services.chassis.sweeps import Limit, Sweep

_KEPT = timedelta(days=180)

sweeps = (
    Sweep(
        "forget_sessions",
        lambda now: sa.select(DeviceSession).where(DeviceSession.used_at <= now - _KEPT),
        lambda session, old: session.delete(old),
        limit=Limit.RECORDS,
        every_seconds=86_400,
    ),
)
