"""Erase a person's data (I6): from the row at once, their documents by a job."""

from __future__ import annotations

from services.registration.attachments.jobs import delete_documents
from services.registration.declarations.rules import Declaration


def erase(declaration: Declaration) -> None:
    """Clear the personal data and add a job that deletes the documents."""
    delete_documents(declaration.session, declaration.dossier_no, declaration.clear_personal_data())


def discard_draft(declaration: Declaration) -> None:
    """Delete a draft without a trace: it was never submitted, so no other service knows of it."""
    session = declaration.session
    erase(declaration)
    session.delete(declaration)
    session.flush()
