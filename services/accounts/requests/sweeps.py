"""Tell of requests that are late, and forget the records of exports a week after they were asked for."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from prometheus_client import Counter
from sqlalchemy.orm import Session

from services.accounts.requests.rules import SubjectAnswerRow, SubjectRequest
from services.accounts.retention import EXPORTS
from services.chassis import clock
from services.chassis.observe.logs import get_logger
from services.chassis.sweeps import Limit, Sweep

log = get_logger(__name__)

LATE = Counter("vss_subject_requests_late_total", "Requests of data subjects that were not answered in two working days")


def _late(now: datetime) -> sa.Select[Any]:
    open_ = (SubjectRequest.answered_at.is_(None), SubjectRequest.late_at.is_(None))
    return sa.select(SubjectRequest).where(*open_, SubjectRequest.due_at <= now)


def _tell(_session: Session, request: SubjectRequest) -> None:
    request.late_at = clock.now()
    LATE.inc()
    log.error("subject_request_late", kind=request.action)


def _old(now: datetime) -> sa.Select[Any]:
    kept = SubjectRequest.private_key.is_not(None)
    return sa.select(SubjectRequest).where(kept, SubjectRequest.asked_at <= now - EXPORTS.period)


def _forget(session: Session, request: SubjectRequest) -> None:
    request.private_key = None
    of_request = sa.update(SubjectAnswerRow).where(SubjectAnswerRow.request_no == request.request_no)
    session.execute(of_request.values(sealed_records=None), execution_options={"synchronize_session": False})


sweeps = (
    Sweep("late_subject_requests", _late, _tell, limit=Limit.NONE, every_seconds=300),
    Sweep("forget_exports", _old, _forget, limit=Limit.RECORDS, every_seconds=3600),
)
