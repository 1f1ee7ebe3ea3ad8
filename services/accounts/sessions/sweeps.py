"""Delete sessions half a year after their last use; until then they help investigate misuse."""

import sqlalchemy as sa

from services.accounts.retention import SESSIONS
from services.accounts.sessions.rules import DeviceSession
from services.chassis.sweeps import Limit, Sweep

sweeps = (
    Sweep(
        "forget_sessions",
        lambda now: sa.select(DeviceSession).where(DeviceSession.used_at <= now - SESSIONS.period),
        lambda session, old: session.delete(old),
        limit=Limit.RECORDS,
        every_seconds=86_400,
    ),
)
