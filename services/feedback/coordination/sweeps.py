"""Mark overdue requests to other offices (F7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep
from services.feedback.complaints.rules import Complaint
from services.feedback.coordination.rules import ASKED, Coordination
from services.feedback.settings import Settings


def sweeps(resources: Resources[Settings]) -> Sequence[Sweep]:
    """Return the sweep that finds overdue requests."""
    return (
        Sweep("late_coordinations", _late, _mark_overdue, limit=Limit.NONE, every_seconds=resources.settings.sweep_seconds),
    )


def _late(now: datetime) -> sa.Select[Any]:
    return sa.select(Coordination).where(
        Coordination.status == ASKED, Coordination.overdue_at.is_(None), Coordination.due_at <= now
    )


def _mark_overdue(session: Session, request: Coordination) -> None:
    complaint = Complaint.locked(session, request.complaint_no)
    if complaint is None:
        raise LookupError("a co-ordination request without a complaint")
    request.mark_overdue(complaint)
