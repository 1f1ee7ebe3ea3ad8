"""The documents of a dossier (V4, V5), and which of two versions is kept."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock, jobs
from services.chassis.database import Instant
from services.chassis.documents import Document
from services.verification.officers.rules import Officer
from services.verification.schema import Base

#: name of the job kind that deletes documents added by offices
DELETE_DOCUMENT = "delete_document"
#: the form that registration makes, and its signed copy: a correction voids both (V3)
FORM, SIGNED_FORM = "form_pdf", "signed_form"


class Attachment(Base):
    """A document by claim check. Keyed by dossier number, not by case: it may arrive before the declaration does."""

    __tablename__ = "attachments"

    dossier_no: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    document_id: Mapped[str]
    sha256: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    #: when a document of this kind first arrived: the legal clock counts from here
    first_at: Mapped[datetime] = mapped_column(Instant())
    added_at: Mapped[datetime] = mapped_column(Instant())
    #: account id of the officer who added it; None if it came from registration, which owns the document
    added_by: Mapped[str | None]


# no autoflush: pending rows never include attachments, and a case changed twice stays one UPDATE
_OF_DOSSIER = (
    sa.select(Attachment)
    .where(Attachment.dossier_no == sa.bindparam("no"))
    .order_by(Attachment.kind)
    .execution_options(autoflush=False)
)
_LOADED = "attachments_by_dossier"


def attachments_of(session: Session, dossier_no: str) -> Mapping[str, Attachment]:
    """Return the dossier's documents by kind, queried once in a session.

    Lock the case before changing any of them.
    """
    return _loaded(session, dossier_no)


def keep_newest(session: Session, dossier_no: str, document: dict[str, Any], at: datetime) -> None:
    """Record a document from registration, unless a newer one or an officer's is recorded."""
    present = _loaded(session, dossier_no).get(str(document["kind"]))
    if present is None:
        _add(session, Attachment(dossier_no=dossier_no, **document, first_at=at, added_at=at))
        return
    present.first_at = min(present.first_at, at)
    if present.added_by is None and at >= present.added_at:
        for name, value in document.items():
            setattr(present, name, value)
        present.added_at = at


def put_by_officer(session: Session, dossier_no: str, kind: str, document: Document, by: Officer) -> None:
    """Record a document that an officer added, in place of an earlier one of its kind."""
    now = clock.now()
    attachment = _loaded(session, dossier_no).get(kind)
    if attachment is None:
        attachment = Attachment(dossier_no=dossier_no, kind=kind, first_at=now)
        _add(session, attachment)
    else:
        _delete_document(session, attachment)
    attachment.document_id, attachment.sha256 = document.document_id, document.sha256
    attachment.size, attachment.content_type = document.size, document.content_type
    attachment.added_at, attachment.added_by = now, by.account_id


def forget_attachments(session: Session, dossier_no: str, *, kinds: Collection[str] | None = None) -> None:
    """Delete the dossier's attachments, or those of some kinds, and the stored documents that offices added.

    Registration deletes its own documents (I6, V3).
    """
    loaded = _loaded(session, dossier_no)
    for kind in [kind for kind in loaded if kinds is None or kind in kinds]:
        attachment = loaded.pop(kind)
        _delete_document(session, attachment)
        session.delete(attachment)


def _loaded(session: Session, dossier_no: str) -> dict[str, Attachment]:
    cache: dict[str, dict[str, Attachment]] = session.info.setdefault(_LOADED, {})
    if dossier_no not in cache:
        cache[dossier_no] = {each.kind: each for each in session.scalars(_OF_DOSSIER, {"no": dossier_no})}
    return cache[dossier_no]


def _add(session: Session, attachment: Attachment) -> None:
    session.add(attachment)
    _loaded(session, attachment.dossier_no)[attachment.kind] = attachment


def _delete_document(session: Session, attachment: Attachment) -> None:
    """Add a job that deletes the stored document if an office added it."""
    if attachment.added_by is not None:
        no, document_id = attachment.dossier_no, attachment.document_id
        jobs.add(session, DELETE_DOCUMENT, {"document_id": document_id}, key=document_id, correlation_id=no)
