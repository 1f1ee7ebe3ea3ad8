"""Due dates: one sweep for every clock of a complaint (`next_at`), one for co-ordination requests (F7), and the periodic reports (F6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.resources import Resources
from services.chassis.sweeps import Sweep
from services.feedback.coordination import ASKED, Coordination
from services.feedback.escalation import tick
from services.feedback.model import Complaint
from services.feedback.reports import periodic
from services.feedback.settings import Settings


def sweeps(resources: Resources[Settings]) -> Sequence[Sweep]:
    """The sweeps, as often as the settings say."""
    every = resources.settings.sweep_seconds
    return (
        Sweep("complaint_clocks", _clocks, _tick, every_seconds=every),
        Sweep("late_coordinations", _late, _be_late, every_seconds=every),
        *periodic.sweeps(resources),
    )


def _clocks(now: datetime) -> sa.Select[Any]:
    return sa.select(Complaint).where(Complaint.next_at <= now)


def _tick(_session: Session, complaint: Complaint) -> None:
    tick(complaint)


def _late(now: datetime) -> sa.Select[Any]:
    return sa.select(Coordination).where(
        Coordination.status == ASKED, Coordination.overdue_at.is_(None), Coordination.due_at <= now
    )


def _be_late(session: Session, coordination: Coordination) -> None:
    complaint = Complaint.locked(session, coordination.complaint_no)
    if complaint is None:
        raise LookupError("a co-ordination request without a complaint")
    coordination.be_late(complaint)
