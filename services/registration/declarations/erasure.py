"""Delete what is known of a person: from the row at once, their documents by a job (I6)."""

from __future__ import annotations

from services.registration.attachments.jobs import delete_documents
from services.registration.declarations.rules import Declaration


def erase(declaration: Declaration) -> None:
    """Forget the person, and have the documents deleted."""
    delete_documents(declaration.session, declaration.dossier_no, declaration.clear_personal_data())


def discard_draft(declaration: Declaration) -> None:
    """Delete a draft as if it had never been: it was never sent, so nobody has to hear of it."""
    session = declaration.session
    erase(declaration)
    session.delete(declaration)
    session.flush()
