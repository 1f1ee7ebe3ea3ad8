"""Make the PDF of Form 01 once a declaration is submitted (I5), outside its transaction (law 3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

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

#: documents that the form does not show
_NOT_SHOWN = (FORM_PDF, "signed_form")

MAKE_FORM = "make_form"
#: why a form is made; only the first two are sent by e-mail
SUBMISSION, CORRECTION, PICTURE = "submission", "correction", "picture"
#: how long a replaced form is kept, for an e-mail that waits; erased with all else within a day (I6)
FORM_STAYS = timedelta(hours=20)


def make_form(session: Session, dossier_no: str, made_for: str) -> None:
    """Add the job that makes the PDF: once submitted, after a correction, and when a picture was added (V3)."""
    jobs.add(session, MAKE_FORM, {"dossier_no": dossier_no, "made_for": made_for}, correlation_id=dossier_no)


def kinds(resources: Resources[Settings]) -> Sequence[JobKind]:
    """Return the job kind that draws the form and stores it."""

    def render(job: Job) -> _Drawn | None:
        with resources.db.read() as session:
            declaration = session.scalar(_by_number(job))
        if declaration is None or declaration.erased:
            return None
        document = resources.documents.put(pdf_of(declaration, resources.documents), PDF)
        return _Drawn(document, _shown(declaration))

    # two at a time: one is drawn while the other is stored
    return (JobKind(MAKE_FORM, render, _attach, _give_up, max_attempts=12, concurrency=2, timeout_seconds=120),)


class _Drawn(NamedTuple):
    """A stored PDF, and what of the declaration it shows."""

    document: Document
    shown: tuple[Any, ...]


def _shown(declaration: Declaration) -> tuple[Any, ...]:
    """Return what tells two forms of one declaration apart: the newest correction, and the pictures."""
    pictures = ((kind, each["sha256"]) for kind, each in declaration.documents.items() if kind not in _NOT_SHOWN)
    return (declaration.corrected_at, *sorted(pictures))


def _attach(session: Session, job: Job, drawn: _Drawn | None) -> None:
    if drawn is None:
        return
    document, now = drawn.document, clock.now()
    no, made_for = job.payload["dossier_no"], job.payload.get("made_for", SUBMISSION)
    declaration = session.scalar(_by_number(job).with_for_update())
    if declaration is not None and not declaration.erased and _shown(declaration) != drawn.shown:
        # corrected, or given another picture, while it was drawn: this one must never pass for the current one
        delete_documents(session, no, [document.document_id])
        make_form(session, no, made_for)
        return
    try:
        if declaration is None:
            raise AttachmentsClosed
        replaced = declaration.attachments.get(FORM_PDF)
        declaration.attach(FORM_PDF, document, now, made_for=made_for)
    except AttachmentsClosed:  # withdrawn or expired in the meantime
        delete_documents(session, no, [document.document_id])
    else:
        if replaced:
            delete_documents(session, no, [replaced["document_id"]], not_before=now + FORM_STAYS)


def _give_up(session: Session, job: Job, reason: Reason) -> None:
    # the person can still open the form: GET form.pdf draws it afresh; only the e-mail with it is lost
    log.error("form_not_made", dossier_no=job.payload["dossier_no"], reason=reason.code)


def _by_number(job: Job) -> sa.Select[Declaration]:
    return sa.select(Declaration).where(Declaration.dossier_no == job.payload["dossier_no"])
