"""Weekly and monthly reports, made automatically and stored, so that what the leadership has read never changes.

::

    planned ──the period is over──▶ making ──▶ made
                                       └─────▶ failed (`vss jobs retry` tries again)

A sweep finds the periods that have ended, adds a job to make the report (files go into the store) and plans the next period.
Missed weeks and months are caught up on, one after the other. A service maps `Periodic` to its table ``reports``, whose first
rows its migration plans.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock, jobs
from services.chassis.green.subprocesses import run_in_subprocess
from services.chassis.ids import uuid7
from services.chassis.jobs import Job, JobKind, Reason
from services.chassis.observe.logs import get_logger
from services.chassis.reports import period
from services.chassis.reports.period import Period
from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep

log = get_logger(__name__)

#: the kind of job that makes a report
MAKE_REPORT = "make_report"
PLANNED, MAKING, MADE, FAILED = "planned", "making", "made", "failed"
STATUSES = (PLANNED, MAKING, MADE, FAILED)
#: how many earlier weeks a report also shows
WEEKS_BEFORE: Final = {period.WEEKLY: 7, period.MONTHLY: 0}

Made = tuple[dict[str, Any], dict[str, Any]]


class Periodic:
    """The report of one week or month: a mixin for the service's mapped class."""

    __tablename__ = "reports"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    kind: Mapped[str]
    first_day: Mapped[date]
    #: midnight after its last day
    ends_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default=PLANNED)
    made_at: Mapped[datetime | None]
    #: the report as plain data
    figures: Mapped[dict[str, Any] | None]
    #: file name → document_id, sha256, size, content_type
    files: Mapped[dict[str, Any]] = mapped_column(default=dict)

    @property
    def period(self) -> Period:
        """Return the days it covers."""
        return period.containing(self.kind, self.first_day)

    @property
    def name(self) -> str:
        """Return the name in URLs: `2026-W47`, `2026-11`."""
        return period.name_of(self.kind, self.first_day)

    @property
    def full_name(self) -> str:
        """Return the name for files: `weekly-2026-W47`."""
        return f"{self.kind}-{self.name}"

    @property
    def title(self) -> str:
        """Return the title for people."""
        return period.title_of(self.kind, self.period)

    @property
    def file_names(self) -> list[str]:
        """Return the names of its files, sorted."""
        return sorted(self.files)

    def begin(self, session: Session) -> None:
        """Request the report, now that its period has ended, and plan the next period's."""
        self.request(session)
        row, coming = type(self), period.following(self.kind, self.period)
        planned = sa.select(row.id).where(row.kind == self.kind, row.first_day == coming.first)
        if session.scalar(planned) is None:
            session.add(row(kind=self.kind, first_day=coming.first, ends_at=coming.end))  # type: ignore[call-arg]  # a mapped class
        session.flush()

    def request(self, session: Session) -> None:
        """Add the job that makes the report. Call again to remake it with current data."""
        self.status = MAKING
        jobs.add(session, MAKE_REPORT, {"report_id": str(self.id)}, correlation_id=self.full_name)

    def mark_made(self, figures: dict[str, Any], files: dict[str, Any]) -> datetime:
        """Store figures and files; return when it was made."""
        now = clock.now()
        self.status, self.made_at, self.figures, self.files = MADE, now, figures, files
        return now

    def mark_failed(self) -> None:
        """Record that the report could not be made, unless it was made meanwhile."""
        if self.status == MAKING:
            self.status = FAILED


Row = TypeVar("Row", bound=Periodic)


def find(session: Session, row: type[Row], kind: str, name: str) -> Row | None:
    """Return the report of a week or month by its name, whatever its status; None for any other text."""
    first = period.first_day(kind, name) if kind in period.KINDS else None
    if first is None:
        return None
    return session.scalar(sa.select(row).where(row.kind == kind, row.first_day == first))


def making(
    resources: Resources[Any],
    row: type[Row],
    build: Callable[[Session, Row], dict[str, Any]],
    *,
    files: str,
    tell: Callable[[Session, Row, dict[str, Any], datetime], None],
) -> Sequence[JobKind]:
    """Return the job kind that makes a report: count, render the files in a subprocess, store them (law 3).

    :param build: counts, and returns the report as plain data.
    :param files: the function that renders it, `module:function`, returning file name → content and content type.
    :param tell: records the service's fact that the report was made (its figures, when), in the transaction that stores it.
    """

    def make(job: Job) -> Made | None:
        with resources.db.read() as session:
            due = session.get(row, _id(job))
            if due is None:
                return None
            figures = build(session, due)
        rendered = run_in_subprocess(files, figures)
        put = resources.documents.put
        return figures, {name: asdict(put(content, content_type)) for name, (content, content_type) in rendered.items()}

    def keep(session: Session, job: Job, made: Made | None) -> None:
        due = _locked(session, row, job)
        if due is not None and made is not None:
            tell(session, due, made[0], due.mark_made(*made))

    def not_made(session: Session, job: Job, reason: Reason) -> None:
        log.error("report_not_made", report=job.correlation_id, reason=reason.code)
        due = _locked(session, row, job)
        if due is not None:
            due.mark_failed()

    return (JobKind(MAKE_REPORT, make, keep, not_made, max_attempts=20, concurrency=1, timeout_seconds=180),)


def beginning(row: type[Periodic], *, after: timedelta, every_seconds: float) -> Sweep:
    """Return the sweep that begins a report so long after its period."""

    def over(now: datetime) -> sa.Select[Any]:
        planned = row.status == sa.literal(PLANNED, sa.Text(), literal_execute=True)
        return sa.select(row).where(planned, row.ends_at <= now - after)

    return Sweep("periodic_reports", over, _begin, limit=Limit.NONE, every_seconds=every_seconds)


def _begin(session: Session, due: Periodic) -> None:
    due.begin(session)


def _id(job: Job) -> uuid.UUID:
    return uuid.UUID(job.payload["report_id"])


def _locked(session: Session, row: type[Row], job: Job) -> Row | None:
    return session.get(row, _id(job), with_for_update=True, populate_existing=True)
