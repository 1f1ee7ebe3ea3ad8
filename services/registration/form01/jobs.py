"""Make the PDF of Form 01 once a declaration is submitted (I5), outside its transaction (law 3)."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock, jobs
from services.chassis.documents import Document
from services.chassis.jobs import Job, JobKind, Reason
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources
from services.chassis.uploads import PDF
from services.registration.attachments.jobs import delete_documents
from services.registration.declarations.refusals import AttachmentsClosed
from services.registration.declarations.rules import FORM_PDF, Declaration
from services.registration.form01.rendering import pdf_of
from services.registration.settings import Settings

log = get_logger(__name__)

MAKE_FORM = "make_form"


def make_form(session: Session, dossier_no: str) -> None:
    """Add the job that makes the PDF: when it is submitted, and when what stands on it was corrected."""
    jobs.add(session, MAKE_FORM, {"dossier_no": dossier_no}, correlation_id=dossier_no)


def kinds(resources: Resources[Settings]) -> Sequence[JobKind]:
    """Return the job kind that draws the form and stores it."""

    def render(job: Job) -> Document | None:
        with resources.db.read() as session:
            declaration = session.scalar(_by_number(job))
        if declaration is None or declaration.erased:
            return None
        return resources.documents.put(pdf_of(declaration, resources.documents), PDF)

    # two at a time: one is drawn while the other is stored
    return (JobKind(MAKE_FORM, render, _attach, _give_up, max_attempts=12, concurrency=2, timeout_seconds=120),)


def _attach(session: Session, job: Job, document: Document | None) -> None:
    if document is None:
        return
    declaration = session.scalar(_by_number(job).with_for_update())
    try:
        if declaration is None:
            raise AttachmentsClosed
        declaration.attach(FORM_PDF, document, clock.now())
    except AttachmentsClosed:  # withdrawn or expired in the meantime
        delete_documents(session, job.payload["dossier_no"], [document.document_id])


def _give_up(session: Session, job: Job, reason: Reason) -> None:
    # the person can still open the form: GET form.pdf draws it afresh; only the e-mail with it is lost
    log.error("form_not_made", dossier_no=job.payload["dossier_no"], reason=reason.code)


def _by_number(job: Job) -> sa.Select[Declaration]:
    return sa.select(Declaration).where(Declaration.dossier_no == job.payload["dossier_no"])
