"""Delete documents that offices added, as a job (law 3)."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.chassis.jobs import Job, JobKind
from services.chassis.resources import Resources
from services.verification.attachments.rules import DELETE_DOCUMENT
from services.verification.settings import Settings


def kinds(resources: Resources[Settings]) -> Sequence[JobKind]:
    """Return the job kind that deletes a replaced document, or one of a declaration that has ended (I6)."""

    def delete(job: Job) -> None:
        resources.documents.delete(job.payload["document_id"])

    # a given-up job stays visible to operators and names the document that is left
    return [JobKind(DELETE_DOCUMENT, delete, no_op, no_op, max_attempts=100, concurrency=2, keep_payload=False)]


def no_op(session: Session, job: Job, outcome: object) -> None:
    """Do nothing: no other data depends on the outcome."""
