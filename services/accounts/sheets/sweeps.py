"""Forget sheets whose days are over."""

import sqlalchemy as sa

from services.accounts.sheets.rules import Sheet
from services.chassis.sweeps import Limit, Sweep

sweeps = (
    Sweep(
        "forget_sheets",
        lambda now: sa.select(Sheet).where(Sheet.expires_at <= now),
        lambda session, old: session.delete(old),
        limit=Limit.RECORDS,
        every_seconds=3600,
    ),
)
