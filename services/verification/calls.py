"""The calls to the outside world (law 3): asking HGĐ about a dossier, and deleting documents that offices have put."""

import uuid

from sqlalchemy.orm import Session

from services.chassis.jobs import Job, JobKind, Reason
from services.chassis.resources import Resources
from services.verification.case_row import CHECKING
from services.verification.directory import Answer, Directory, HttpDirectory
from services.verification.model import DELETE_DOCUMENT, LOOK_UP, Case
from services.verification.settings import Settings

#: above a look-up's own time-outs: connecting, waiting, reading
_LOOK_UP_MARGIN_SECONDS = 30.0


def kinds(resources: Resources[Settings]) -> list[JobKind]:
    """The service's job kinds, with the real HGĐ."""
    settings = resources.settings
    hgd = HttpDirectory(
        settings.hgd_url.reveal(),
        settings.hgd_api_key.reveal(),
        failures=settings.hgd_breaker_failures,
        pause_seconds=settings.hgd_breaker_seconds,
    )
    return [look_up(resources, hgd, settings), delete_document(resources)]


def look_up(resources: Resources[Settings], hgd: Directory, settings: Settings) -> JobKind:
    """Ask HGĐ (V7). Patient: an outage keeps the officer's "valid", and HGĐ's return is noticed within `hgd_recheck_seconds`.

    The job names the case only; the code is read when it is asked about, so that no job keeps personal data.
    """

    def ask(job: Job) -> Answer | None:
        with resources.db.read() as session:
            case = session.get(Case, uuid.UUID(job.payload["case_id"]))
            asked = case.bhxh_code if case and case.status == CHECKING and case.check_no == job.payload["check_no"] else None
        if asked is None:
            return None  # withdrawn meanwhile, or asked anew
        return hgd.look_up(asked, timeout_seconds=min(settings.hgd_timeout_seconds, job.seconds_left()))

    def heard(session: Session, job: Job, answer: Answer | None) -> None:
        case = _locked(session, job)
        if answer is not None and case is not None:
            case.hear(answer, job.payload["check_no"])

    def not_heard(session: Session, job: Job, reason: Reason) -> None:
        case = _locked(session, job)
        if case is not None:
            case.hear_nothing(job.payload["check_no"])

    return JobKind(
        LOOK_UP,
        ask,
        heard,
        not_heard,
        max_attempts=settings.hgd_attempts,
        first_delay_seconds=min(2.0, settings.hgd_retry_seconds),
        longest_delay_seconds=settings.hgd_retry_seconds,
        timeout_seconds=settings.hgd_timeout_seconds + _LOOK_UP_MARGIN_SECONDS,
        concurrency=settings.hgd_concurrency,
    )


def delete_document(resources: Resources[Settings]) -> JobKind:
    """Delete a document that an office put, and that nobody needs any more: replaced, or of a declaration that is gone (I6)."""

    def delete(job: Job) -> None:
        resources.documents.delete(job.payload["document_id"])

    return JobKind(
        DELETE_DOCUMENT, delete, _nothing_follows, _nobody_waits, max_attempts=100, concurrency=2, keep_payload=False
    )


def _locked(session: Session, job: Job) -> Case | None:
    return session.get(Case, uuid.UUID(job.payload["case_id"]), with_for_update=True)


def _nothing_follows(session: Session, job: Job, result: object) -> None:
    """The document is gone."""


def _nobody_waits(session: Session, job: Job, reason: Reason) -> None:
    """The given-up job itself is what operators see: it names the document that is left."""
