"""Forget the persons of cases that were rejected long ago; number, reason code, times and history stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep
from services.verification.cases.rules import Case
from services.verification.cases.statuses import REJECTED
from services.verification.settings import Settings


def sweeps(resources: Resources[Settings]) -> Sequence[Sweep]:
    """Return the sweep; the setting says for how long a rejection may be appealed against."""
    keep = timedelta(days=resources.settings.rejected_keep_days)

    def due(now: datetime) -> sa.Select[Any]:
        return sa.select(Case).where(Case.status == REJECTED, Case.decided_at <= now - keep, Case.bhxh_code.is_not(None))

    return (Sweep("forget_rejected", due, _forget, limit=Limit.RECORDS, every_seconds=3600.0),)


def _forget(_session: Session, case: Case) -> None:
    case.forget()
    case.revision += 1
    case.log("forgotten")
