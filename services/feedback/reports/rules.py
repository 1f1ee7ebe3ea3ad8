"""Weekly and monthly reports, made automatically and stored (F6), so that what the leadership has read never changes.

::

    planned ──the period is over──▶ making ──▶ made
                                       └─────▶ failed (`vss jobs retry` tries again)

A sweep finds the periods that have ended, adds a job to make the report (files go into the store) and plans the next period.
Missed weeks and months are caught up on, one after the other.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock, jobs
from services.chassis.bus.outbox import record
from services.chassis.ids import uuid7
from services.feedback.directory import addressees
from services.feedback.reports import period
from services.feedback.reports.facts import TOTALS, ReportMade
from services.feedback.reports.period import Period
from services.feedback.schema import Base

#: the kind of job that makes a report
MAKE_REPORT = "make_report"
PLANNED, MAKING, MADE, FAILED = "planned", "making", "made", "failed"
STATUSES = (PLANNED, MAKING, MADE, FAILED)


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
        coming = period.following(self.kind, self.period)
        planned = sa.select(PeriodicReport.id).where(
            PeriodicReport.kind == self.kind, PeriodicReport.first_day == coming.first
        )
        if session.scalar(planned) is None:
            session.add(PeriodicReport(kind=self.kind, first_day=coming.first, ends_at=coming.end))
        session.flush()

    def request(self, session: Session) -> None:
        """Add the job that makes the report. Call again to remake it with current data."""
        self.status = MAKING
        jobs.add(session, MAKE_REPORT, {"report_id": str(self.id)}, correlation_id=self.full_name)

    def mark_made(self, session: Session, figures: dict[str, Any], files: dict[str, Any]) -> None:
        """Store figures and files, and notify leadership and IT centre."""
        self.status, self.made_at, self.figures, self.files = MADE, clock.now(), figures, files
        fact = ReportMade(
            report_name=self.full_name,
            kind=self.kind,
            title=self.title,
            first_day=self.first_day,
            last_day=self.period.last,
            made_at=self.made_at,
            totals={name: figures["totals"][name] for name in TOTALS},
            staff=addressees.leadership(session) + addressees.centre(session),
        )
        record(session, fact, revision=1, correlation_id=self.full_name)

    def mark_failed(self) -> None:
        """Record that the report could not be made, unless it was made meanwhile."""
        if self.status == MAKING:
            self.status = FAILED


def find(session: Session, kind: str, name: str) -> PeriodicReport | None:
    """Return the report of a week or month by its name, whatever its status."""
    first = period.first_day(kind, name)
    if first is None:
        return None
    return session.scalar(sa.select(PeriodicReport).where(PeriodicReport.kind == kind, PeriodicReport.first_day == first))
