"""Find complaints whose clocks must act: one sweep serves all clocks, by `next_at` (F7, F8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep
from services.feedback.complaints.rules import Complaint
from services.feedback.deadlines.escalation import act_on_clocks
from services.feedback.settings import Settings


def sweeps(resources: Resources[Settings]) -> Sequence[Sweep]:
    """Return the sweep that finds complaints whose clocks must act."""
    # without a limit: a whole day's deadlines pass at the same midnight, and nothing is lost by escalating
    return (Sweep("complaint_clocks", _due, _act, limit=Limit.NONE, every_seconds=resources.settings.sweep_seconds),)


def _due(now: datetime) -> sa.Select[Any]:
    return sa.select(Complaint).where(Complaint.next_at <= now)


def _act(_session: Session, complaint: Complaint) -> None:
    act_on_clocks(complaint)
