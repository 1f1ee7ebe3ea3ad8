"""Delete documents that are no longer referenced, as a job (law 3)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.chassis.jobs import Job, JobKind, Reason
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources
from services.feedback.settings import Settings

log = get_logger(__name__)

DELETE_DOCUMENT = "delete_document"


def kinds(resources: Resources[Settings]) -> Sequence[JobKind]:
    """Return the job kind that deletes a document from the store."""

    def delete(job: Job) -> None:
        resources.documents.delete(job.payload["document_id"])

    def not_deleted(session: Session, job: Job, reason: Reason) -> None:
        log.error("document_not_deleted", complaint_no=job.correlation_id, reason=reason.code)

    return (JobKind(DELETE_DOCUMENT, delete, _no_op, not_deleted, max_attempts=50, concurrency=2, keep_payload=False),)


def _no_op(session: Session, job: Job, result: object) -> None:
    """Do nothing: no other data depends on the deletion."""
