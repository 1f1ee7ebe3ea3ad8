"""Ask HGĐ about a dossier, as a job (law 3)."""

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.chassis.errors import Permanent
from services.chassis.jobs import Job, JobKind, Reason
from services.chassis.resources import Resources
from services.verification.cases.rules import Case
from services.verification.cases.statuses import CHECKING, OPEN
from services.verification.decisions.rules import (
    ADVISE,
    LOOK_UP,
    record_hgd_advice,
    record_hgd_answer,
    record_hgd_unreachable,
)
from services.verification.directory.hgd import HttpDirectory
from services.verification.directory.port import Answer, Directory
from services.verification.settings import Settings

#: added to the look-up's own time-out, for connecting and reading
_MARGIN_SECONDS = 30.0


def kinds(resources: Resources[Settings]) -> Sequence[JobKind]:
    """Return the job kind that asks the HGĐ named in the settings."""
    settings = resources.settings
    hgd = HttpDirectory(
        settings.hgd_url.reveal(),
        settings.hgd_api_key.reveal(),
        failures=settings.hgd_breaker_failures,
        pause_seconds=settings.hgd_breaker_seconds,
    )
    return [look_up(resources, hgd), advise(resources, hgd)]


def look_up(resources: Resources[Settings], directory: Directory) -> JobKind:
    """Return the job kind that asks HGĐ (V7). It keeps trying: "valid" survives an outage and is decided once HGĐ is back.

    The payload names only the case; the code is read just before the call, so that no job holds personal data.
    """
    settings = resources.settings

    def ask(job: Job) -> Answer | None:
        with resources.db.read() as session:
            case = session.get(Case, uuid.UUID(job.payload["case_id"]))
            is_current = case and (case.status, case.check_no) == (CHECKING, job.payload["check_no"])
            bhxh_code = case.bhxh_code if case and is_current else None
        if bhxh_code is None:
            return None  # withdrawn meanwhile, or assessed again
        return directory.look_up(bhxh_code, timeout_seconds=min(settings.hgd_timeout_seconds, job.seconds_left()))

    def answered(session: Session, job: Job, answer: Answer | None) -> None:
        case = _locked_case(session, job)
        if answer is not None and case is not None:
            record_hgd_answer(case, answer, job.payload["check_no"])

    def unreachable(session: Session, job: Job, reason: Reason) -> None:
        case = _locked_case(session, job)
        if case is not None:
            record_hgd_unreachable(case, job.payload["check_no"])

    return JobKind(
        LOOK_UP,
        ask,
        answered,
        unreachable,
        max_attempts=settings.hgd_attempts,
        first_delay_seconds=min(2.0, settings.hgd_retry_seconds),
        longest_delay_seconds=settings.hgd_retry_seconds,
        timeout_seconds=settings.hgd_timeout_seconds + _MARGIN_SECONDS,
        concurrency=settings.hgd_concurrency,
    )


def advise(resources: Resources[Settings], directory: Directory) -> JobKind:
    """Return the job kind that asks HGĐ when a dossier arrives (V7). What has been decided meanwhile is not asked about.

    It runs beside the decisions' look-ups, a few at a time, so that a day's arrivals never delay those.
    """
    settings = resources.settings

    def ask(job: Job) -> tuple[str, Answer] | None:
        with resources.db.read() as session:
            case = session.get(Case, uuid.UUID(job.payload["case_id"]))
            bhxh_code = case.bhxh_code if case and case.status in OPEN else None
        if bhxh_code is None:
            return None
        seconds = min(settings.hgd_timeout_seconds, job.seconds_left())
        try:
            return bhxh_code, directory.look_up(bhxh_code, timeout_seconds=seconds)
        except Permanent:
            return None  # no operator could do anything about this one record; the decision asks again

    def answered(session: Session, job: Job, result: tuple[str, Answer] | None) -> None:
        case = _locked_case(session, job)
        if result is not None and case is not None:
            bhxh_code, answer = result
            record_hgd_advice(case, answer, bhxh_code)

    def no_advice(session: Session, job: Job, reason: Reason) -> None:
        """Leave the case without advice: the decision asks again."""

    return JobKind(
        ADVISE,
        ask,
        answered,
        no_advice,
        max_attempts=settings.hgd_attempts,
        first_delay_seconds=min(2.0, settings.hgd_retry_seconds),
        longest_delay_seconds=settings.hgd_retry_seconds,
        timeout_seconds=settings.hgd_timeout_seconds + _MARGIN_SECONDS,
        concurrency=max(1, settings.hgd_concurrency // 4),
        keep_payload=False,
    )


def _locked_case(session: Session, job: Job) -> Case | None:
    return session.get(Case, uuid.UUID(job.payload["case_id"]), with_for_update=True)
