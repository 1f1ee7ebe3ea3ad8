"""Weekly and monthly reports, made automatically and stored (F6): `services.chassis.reports.periodic`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.chassis.bus.outbox import record
from services.chassis.jobs import JobKind
from services.chassis.reports.parts import header
from services.chassis.reports.periodic import WEEKS_BEFORE, Periodic, beginning, making
from services.chassis.resources import Resources
from services.chassis.sweeps import Sweep
from services.feedback.directory import addressees
from services.feedback.reports import report
from services.feedback.reports.facts import TOTALS, ReportMade
from services.feedback.schema import Base
from services.feedback.settings import Settings


class PeriodicReport(Periodic, Base):
    """The report of one week or month."""


def kinds(resources: Resources[Settings]) -> Sequence[JobKind]:
    """Return the job kind that makes a report."""
    return making(resources, PeriodicReport, _build, files="services.feedback.reports.files:make", tell=_tell)


def sweeps(resources: Resources[Settings]) -> Sequence[Sweep]:
    """Return the sweep; a report is made `REPORT_HOURS` after its period."""
    settings = resources.settings
    wait = timedelta(hours=settings.report_hours)
    return (beginning(PeriodicReport, after=wait, every_seconds=settings.sweep_seconds),)


def _build(session: Session, due: PeriodicReport) -> dict[str, Any]:
    return report.build(session, due.period, kind=due.kind, weeks_before=WEEKS_BEFORE[due.kind])


def _tell(session: Session, made: PeriodicReport, figures: dict[str, Any], at: datetime) -> None:
    """Notify leadership and IT centre."""
    fact = ReportMade(
        **header(made, at),
        totals={name: figures["totals"][name] for name in TOTALS},
        staff=addressees.leadership(session) + addressees.centre(session),
    )
    record(session, fact, revision=1, correlation_id=made.full_name)
