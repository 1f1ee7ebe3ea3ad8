"""Make complaints searchable that an earlier release filed (before and during an upgrade)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep
from services.feedback.complaints.rules import Complaint
from services.feedback.finding.rules import make_searchable
from services.feedback.settings import Settings


def sweeps(_resources: Resources[Settings]) -> Sequence[Sweep]:
    """Return the sweep, which finds nothing once all are searchable."""
    return (Sweep("make_searchable", _due, make_searchable, limit=Limit.NONE, every_seconds=60.0),)


def _due(_now: datetime) -> sa.Select[Any]:
    return sa.select(Complaint).where(sa.not_(Complaint.searchable))
