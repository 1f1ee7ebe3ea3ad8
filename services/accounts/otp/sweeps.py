"""Delete codes a day after they expire; until then they help investigate misuse."""

import sqlalchemy as sa

from services.accounts.otp.rules import Otp
from services.accounts.retention import CODES
from services.chassis.sweeps import Limit, Sweep

sweeps = (
    Sweep(
        "forget_codes",
        lambda now: sa.select(Otp).where(Otp.expires_at <= now - CODES.period),
        lambda session, old: session.delete(old),
        limit=Limit.RECORDS,
        every_seconds=3600,
    ),
)
