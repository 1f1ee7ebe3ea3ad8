"""Delete documents for good, outside the transaction that dropped the reference to them (law 3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.chassis import jobs
from services.chassis.jobs import Job, JobKind, Reason
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources
from services.registration.settings import Settings

log = get_logger(__name__)

DELETE_DOCUMENTS = "delete_documents"
#: how long a replaced document is kept: readers of its fact may still be fetching it
REPLACED_STAYS = timedelta(hours=1)


def delete_documents(
    session: Session, dossier_no: str, document_ids: Sequence[str], *, not_before: datetime | None = None
) -> None:
    """Add a job that deletes documents for good (I6), now or no earlier than a given moment."""
    if document_ids:
        payload = {"dossier_no": dossier_no, "documents": list(document_ids)}
        jobs.add(session, DELETE_DOCUMENTS, payload, run_after=not_before, correlation_id=dossier_no)


def kinds(resources: Resources[Settings]) -> Sequence[JobKind]:
    """Return the kind of job that deletes documents from the store."""

    def delete(job: Job) -> None:
        for document_id in job.payload["documents"]:
            resources.documents.delete(document_id)

    # the payload gives access to the documents, so a finished row must not keep it
    return (JobKind(DELETE_DOCUMENTS, delete, _no_op, _give_up, max_attempts=50, concurrency=2, keep_payload=False),)


def _give_up(session: Session, job: Job, reason: Reason) -> None:
    log.error("documents_not_deleted", dossier_no=job.payload["dossier_no"], reason=reason.code)


def _no_op(session: Session, job: Job, result: object) -> None:
    """Do nothing: no other data depends on a deletion."""
