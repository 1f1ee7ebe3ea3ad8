"""Reports of each week and month, made by the clock and kept (F6): what leadership was told stays what it was told.

::

    planned ──the period is over──▶ making ──▶ made
                                       └─────▶ failed (`vss jobs retry` makes it after all)

A sweep finds the periods that are over, asks for the report (a job, for files are put into the store) and plans the next period.
Weeks and months in which nothing ran are made up for, one after the other.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock, jobs
from services.chassis.bus.outbox import record
from services.chassis.bus.subprocesses import run_in_subprocess
from services.chassis.ids import uuid7
from services.chassis.jobs import Job, JobKind, Reason
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources
from services.chassis.sweeps import Sweep
from services.feedback import addressees
from services.feedback.complaint_row import Base
from services.feedback.events_reports import ReportMade
from services.feedback.reports import period, report
from services.feedback.reports.period import Period
from services.feedback.settings import Settings

log = get_logger(__name__)

MAKE_REPORT: Final = "make_report"
PLANNED, MAKING, MADE, FAILED = "planned", "making", "made", "failed"
#: a week's report shows how the weeks before it went
_WEEKS_BEFORE: Final = {period.WEEKLY: 7, period.MONTHLY: 0}


class PeriodicReport(Base):
    """The report of one week or month."""

    __tablename__ = "reports"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    kind: Mapped[str]
    first_day: Mapped[date]
    #: midnight after its last day
    ends_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default=PLANNED)
    made_at: Mapped[datetime | None]
    #: see report.build
    figures: Mapped[dict[str, Any] | None]
    #: file name → document_id, sha256, size, content_type
    files: Mapped[dict[str, Any]] = mapped_column(default=dict)

    @property
    def period(self) -> Period:
        """Its days."""
        return period.containing(self.kind, self.first_day)

    @property
    def name(self) -> str:
        """`2026-W47`, `2026-11`."""
        return period.name_of(self.kind, self.first_day)

    @property
    def title(self) -> str:
        """What people call it."""
        return period.title_of(self.kind, self.period)


def find(session: Session, kind: str, name: str) -> PeriodicReport | None:
    """The report of a week or month by its name, whatever has become of it."""
    first = period.first_day(kind, name)
    if first is None:
        return None
    return session.scalar(sa.select(PeriodicReport).where(PeriodicReport.kind == kind, PeriodicReport.first_day == first))


def sweeps(resources: Resources[Settings]) -> Sequence[Sweep]:
    """The sweep that finds periods which are over."""
    settings = resources.settings
    wait = timedelta(hours=settings.report_hours)

    def over(now: datetime) -> sa.Select[Any]:
        planned = PeriodicReport.status == sa.literal(PLANNED, sa.Text(), literal_execute=True)
        return sa.select(PeriodicReport).where(planned, PeriodicReport.ends_at <= now - wait)

    return (Sweep("periodic_reports", over, begin, every_seconds=settings.sweep_seconds),)


def begin(session: Session, due: PeriodicReport) -> None:
    """Ask for the report, and plan the next period's."""
    ask(session, due)
    coming = period.following(due.kind, due.period)
    there = sa.select(PeriodicReport.id).where(PeriodicReport.kind == due.kind, PeriodicReport.first_day == coming.first)
    if session.scalar(there) is None:
        session.add(PeriodicReport(kind=due.kind, first_day=coming.first, ends_at=coming.end))
    session.flush()


def ask(session: Session, due: PeriodicReport) -> None:
    """Have it made; said again, made anew with what is known now."""
    due.status = MAKING
    jobs.add(session, MAKE_REPORT, {"report_id": str(due.id)}, correlation_id=f"{due.kind}-{due.name}")


def kinds(resources: Resources[Settings]) -> Sequence[JobKind]:
    """The job that makes a report."""

    def make(job: Job) -> tuple[dict[str, Any], dict[str, Any]] | None:
        with resources.db.read() as session:
            due = session.get(PeriodicReport, uuid.UUID(job.payload["report_id"]))
            if due is None:
                return None
            found = report.build(session, due.period, kind=due.kind, weeks_before=_WEEKS_BEFORE[due.kind])
        made = run_in_subprocess("services.feedback.reports.files:make", found)
        put = resources.documents.put
        return found, {name: asdict(put(content, kind)) for name, (content, kind) in made.items()}

    def keep(session: Session, job: Job, made: tuple[dict[str, Any], dict[str, Any]] | None) -> None:
        due = _locked(session, job)
        if due is not None and made is not None:
            now = clock.now()
            due.status, due.made_at = MADE, now
            due.figures, due.files = made
            record(session, _fact(session, due, made[0], now), revision=1, correlation_id=job.correlation_id)

    def not_made(session: Session, job: Job, reason: Reason) -> None:
        log.error("report_not_made", report=job.correlation_id, reason=reason.code)
        due = _locked(session, job)
        if due is not None and due.status == MAKING:
            due.status = FAILED

    return (JobKind(MAKE_REPORT, make, keep, not_made, max_attempts=20, concurrency=1, timeout_seconds=180),)


def _locked(session: Session, job: Job) -> PeriodicReport | None:
    return session.get(PeriodicReport, uuid.UUID(job.payload["report_id"]), with_for_update=True, populate_existing=True)


def _fact(session: Session, due: PeriodicReport, found: Mapping[str, Any], now: datetime) -> ReportMade:
    totals = found["totals"]
    names = ("received", "settled", "settled_in_time", "settled_late", "open", "open_late", "reopened", "rating")
    return ReportMade(
        report_name=f"{due.kind}-{due.name}",
        kind=due.kind,
        title=due.title,
        first_day=due.first_day,
        last_day=due.period.last,
        made_at=now,
        totals={name: totals[name] for name in names},
        staff=addressees.leadership(session) + addressees.centre(session),
    )
