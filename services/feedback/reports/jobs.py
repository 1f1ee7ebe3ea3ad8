"""Make a periodic report, as a job: count, render the files in a subprocess, store them (F6, law 3)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy.orm import Session

from services.chassis.green.subprocesses import run_in_subprocess
from services.chassis.jobs import Job, JobKind, Reason
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources
from services.feedback.reports import period, report
from services.feedback.reports.rules import MAKE_REPORT, PeriodicReport
from services.feedback.settings import Settings

log = get_logger(__name__)

#: how many earlier weeks a report also shows
_WEEKS_BEFORE: Final = {period.WEEKLY: 7, period.MONTHLY: 0}

Made = tuple[dict[str, Any], dict[str, Any]]


def kinds(resources: Resources[Settings]) -> Sequence[JobKind]:
    """Return the job kind that makes a report."""

    def make(job: Job) -> Made | None:
        with resources.db.read() as session:
            due = session.get(PeriodicReport, _id(job))
            if due is None:
                return None
            figures = report.build(session, due.period, kind=due.kind, weeks_before=_WEEKS_BEFORE[due.kind])
        files = run_in_subprocess("services.feedback.reports.files:make", figures)
        put = resources.documents.put
        return figures, {name: asdict(put(content, content_type)) for name, (content, content_type) in files.items()}

    def keep(session: Session, job: Job, made: Made | None) -> None:
        due = _locked(session, job)
        if due is not None and made is not None:
            due.mark_made(session, *made)

    def not_made(session: Session, job: Job, reason: Reason) -> None:
        log.error("report_not_made", report=job.correlation_id, reason=reason.code)
        due = _locked(session, job)
        if due is not None:
            due.mark_failed()

    return (JobKind(MAKE_REPORT, make, keep, not_made, max_attempts=20, concurrency=1, timeout_seconds=180),)


def _id(job: Job) -> uuid.UUID:
    return uuid.UUID(job.payload["report_id"])


def _locked(session: Session, job: Job) -> PeriodicReport | None:
    return session.get(PeriodicReport, _id(job), with_for_update=True, populate_existing=True)
