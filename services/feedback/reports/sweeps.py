"""Find the weeks and months that have ended and start making their reports (F6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep
from services.feedback.reports.rules import PLANNED, PeriodicReport
from services.feedback.settings import Settings


def sweeps(resources: Resources[Settings]) -> Sequence[Sweep]:
    """Return the sweep; a report is made `REPORT_HOURS` after its period."""
    settings = resources.settings
    wait = timedelta(hours=settings.report_hours)

    def over(now: datetime) -> sa.Select[Any]:
        planned = PeriodicReport.status == sa.literal(PLANNED, sa.Text(), literal_execute=True)
        return sa.select(PeriodicReport).where(planned, PeriodicReport.ends_at <= now - wait)

    return (Sweep("periodic_reports", over, _begin, limit=Limit.NONE, every_seconds=settings.sweep_seconds),)


def _begin(session: Session, due: PeriodicReport) -> None:
    due.begin(session)
