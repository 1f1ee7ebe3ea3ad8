"""Erase a person's data (I6): from the row at once, their documents by a job. The ledger keeps the number, so that the
erasure can be repeated after a restored backup.
"""

from __future__ import annotations

from services.chassis.bus import erasure
from services.chassis.recovery import ledger
from services.registration.attachments.jobs import delete_documents
from services.registration.declarations.rules import Declaration
from services.registration.form01.links import forget_links

#: why data were erased, as the ledger has it
DISCARDED, EXPIRED, WITHDRAWN = "discarded", "expired", "withdrawn"


def erase(declaration: Declaration, why: str) -> None:
    """Clear the personal data, add a job that deletes the documents, and have the ledger know."""
    ledger.note(declaration.session, why, declaration.dossier_no)
    # what still waits may revive it (`progress.py`)
    erasure.erase(declaration.session, declaration.dossier_no, waiting=False)
    forget_links(declaration.session, declaration.dossier_no)
    delete_documents(declaration.session, declaration.dossier_no, declaration.clear_personal_data())


def discard_draft(declaration: Declaration) -> None:
    """Delete a draft without a trace: it was never submitted, so no other service knows of it."""
    session = declaration.session
    erase(declaration, DISCARDED)
    session.delete(declaration)
    session.flush()
