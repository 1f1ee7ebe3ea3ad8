"""Forget steps a day after they end; until then they help investigate misuse."""

from datetime import timedelta

import sqlalchemy as sa

from services.accounts.factors.steps import PendingStep
from services.chassis.sweeps import Limit, Sweep

_KEPT = timedelta(days=1)

sweeps = (
    Sweep(
        "forget_pending_steps",
        lambda now: sa.select(PendingStep).where(PendingStep.expires_at <= now - _KEPT),
        lambda session, old: session.delete(old),
        limit=Limit.RECORDS,
        every_seconds=3600,
    ),
)
