"""Delete codes a day after they expire; until then they help investigate misuse."""

from datetime import timedelta

import sqlalchemy as sa

from services.accounts.otp.rules import Otp
from services.chassis.sweeps import Limit, Sweep

_KEPT = timedelta(days=1)

sweeps = (
    Sweep(
        "forget_codes",
        lambda now: sa.select(Otp).where(Otp.expires_at <= now - _KEPT),
        lambda session, old: session.delete(old),
        limit=Limit.RECORDS,
        every_seconds=3600,
    ),
)
