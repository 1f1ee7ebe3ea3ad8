"""Work of feedback outside its database (law 3): documents that are to be deleted, and periodic reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from services.chassis import jobs
from services.chassis.documents import Document
from services.chassis.jobs import Job, JobKind, Reason
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources
from services.feedback.reports import periodic
from services.feedback.settings import Settings

log = get_logger(__name__)

DELETE_DOCUMENT = "delete_document"


def delete_document(session: Session, complaint_no: str, document_id: str) -> None:
    """Have a document deleted that nothing refers to any more."""
    jobs.add(session, DELETE_DOCUMENT, {"document_id": document_id}, correlation_id=complaint_no)


def kinds(resources: Resources[Settings]) -> Sequence[JobKind]:
    """The job kinds, with the documents that they work on."""

    def delete(job: Job) -> None:
        resources.documents.delete(job.payload["document_id"])

    def not_deleted(session: Session, job: Job, reason: Reason) -> None:
        log.error("document_not_deleted", complaint_no=job.correlation_id, reason=reason.code)

    return (
        JobKind(DELETE_DOCUMENT, delete, _nothing_follows, not_deleted, max_attempts=50, concurrency=2, keep_payload=False),
        *periodic.kinds(resources),
    )


def claim_check(slot: int, document: Document) -> dict[str, Any]:
    """A stored document as the row carries it."""
    return {"slot": slot, **asdict(document)}


def _nothing_follows(session: Session, job: Job, result: object) -> None:
    """The document is gone."""
