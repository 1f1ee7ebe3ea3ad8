"""Weekly and monthly reports on the progress of registration, made automatically and stored (R1): `services.chassis.reports.periodic`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.bus.outbox import record
from services.chassis.jobs import JobKind
from services.chassis.reports.parts import header
from services.chassis.reports.periodic import WEEKS_BEFORE, Periodic, beginning, making
from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep
from services.registration.declarations.rules import Declaration
from services.registration.reports import report
from services.registration.reports.facts import TOTALS, ProgressReportMade
from services.registration.schema import Base
from services.registration.settings import Settings


class PeriodicReport(Periodic, Base):
    """The report of one week or month."""


def kinds(resources: Resources[Settings]) -> Sequence[JobKind]:
    """Return the job kind that makes a report; its fact names `REPORT_RECIPIENTS`."""
    recipients = [{"email": address} for address in resources.settings.report_recipients]

    def tell(session: Session, made: PeriodicReport, figures: dict[str, Any], at: datetime) -> None:
        fact = ProgressReportMade(
            **header(made, at), totals={name: figures["totals"][name] for name in TOTALS}, recipients=recipients
        )
        record(session, fact, revision=1, correlation_id=made.full_name)

    return making(resources, PeriodicReport, _build, files="services.registration.reports.report:make_files", tell=tell)


def sweeps(resources: Resources[Settings]) -> Sequence[Sweep]:
    """Return the sweeps: reports, made `REPORT_HOURS` after their period, and declarations that no office is counted for yet."""
    settings = resources.settings
    return (
        beginning(PeriodicReport, after=timedelta(hours=settings.report_hours), every_seconds=settings.sweep_seconds),
        Sweep("count_declarations", _uncounted, _count, limit=Limit.NONE, every_seconds=settings.sweep_seconds),
    )


def _build(session: Session, due: PeriodicReport) -> dict[str, Any]:
    return report.build(session, due.period, kind=due.kind, weeks_before=WEEKS_BEFORE[due.kind])


def _uncounted(_now: datetime) -> sa.Select[Any]:
    """Select what an earlier release has filed: it knows no office to count at."""
    return sa.select(Declaration).where(Declaration.office_code.is_(None), Declaration.submitted_at.is_not(None))


def _count(_session: Session, declaration: Declaration) -> None:
    declaration.office_code, declaration.province_code = declaration.office["code"], declaration.office["province_code"]
