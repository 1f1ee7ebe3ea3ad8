"""Work of registration outside its database (law 3): Form 01 as PDF, and documents that are to be deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock, jobs
from services.chassis.documents import Document
from services.chassis.jobs import Job, JobKind, Reason
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources
from services.registration import form
from services.registration.model import FORM_PDF, Declaration, NotNow, tell
from services.registration.settings import Settings

log = get_logger(__name__)

MAKE_FORM, DELETE_DOCUMENTS = "make_form", "delete_documents"
PDF = "application/pdf"


def make_form(session: Session, dossier_no: str) -> None:
    """Have the PDF of Form 01 made (I5). Asked once: a declaration is submitted once, with its row locked."""
    jobs.add(session, MAKE_FORM, {"dossier_no": dossier_no}, correlation_id=dossier_no)


def delete_documents(
    session: Session, dossier_no: str, document_ids: Sequence[str], *, not_before: datetime | None = None
) -> None:
    """Have documents deleted for good (I6)."""
    if document_ids:
        payload = {"dossier_no": dossier_no, "documents": list(document_ids)}
        jobs.add(session, DELETE_DOCUMENTS, payload, run_after=not_before, correlation_id=dossier_no)


def kinds(resources: Resources[Settings]) -> Sequence[JobKind]:
    """The job kinds, with the database and documents that they work on."""

    def render(job: Job) -> Document | None:
        with resources.db.read() as session:
            declaration = session.scalar(_by_number(job.payload["dossier_no"]))
        if declaration is None or declaration.erased:
            return None
        return resources.documents.put(form.pdf(declaration, resources.documents), PDF)

    def rendered(session: Session, job: Job, document: Document | None) -> None:
        if document is None:
            return
        dossier_no = job.payload["dossier_no"]
        declaration = session.scalar(_by_number(dossier_no).with_for_update())
        try:
            if declaration is None:
                raise NotNow("erased", vi="", en="")
            tell(session, declaration, declaration.attach(claim_check(FORM_PDF, document), clock.now()))
        except NotNow:  # withdrawn or expired meanwhile
            delete_documents(session, dossier_no, [document.document_id])

    def not_rendered(session: Session, job: Job, reason: Reason) -> None:
        # the person can still open the form: GET form.pdf makes it anew; what is missing is the e-mail with it
        log.error("form_not_made", dossier_no=job.payload["dossier_no"], reason=reason.code)

    def delete(job: Job) -> None:
        for document_id in job.payload["documents"]:
            resources.documents.delete(document_id)

    def not_deleted(session: Session, job: Job, reason: Reason) -> None:
        log.error("documents_not_deleted", dossier_no=job.payload["dossier_no"], reason=reason.code)

    return (
        # one is drawn while the other is stored
        JobKind(MAKE_FORM, render, rendered, not_rendered, max_attempts=12, concurrency=2, timeout_seconds=120),
        JobKind(DELETE_DOCUMENTS, delete, _nothing_follows, not_deleted, max_attempts=50, concurrency=2, keep_payload=False),
    )


def claim_check(kind: str, document: Document) -> dict[str, Any]:
    """A stored document as facts and rows carry it."""
    return {"kind": kind, **asdict(document)}


def _by_number(dossier_no: str) -> sa.Select[Declaration]:
    return sa.select(Declaration).where(Declaration.dossier_no == dossier_no)


def _nothing_follows(session: Session, job: Job, result: object) -> None:
    """The payload, which opens the documents, is cleared with the row."""
