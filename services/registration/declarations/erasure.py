"""Erase a person's data (I6): from the row at once, their documents by a job. The ledger keeps the number, so that the
erasure can be repeated after a restored backup.
"""

from __future__ import annotations

import uuid

from services.chassis.bus import erasure
from services.chassis.recovery import ledger
from services.registration.attachments.jobs import delete_documents
from services.registration.declarations.rules import Declaration
from services.registration.form01.links import forget_links

#: why data were erased, as the ledger has it
DISCARDED, EXPIRED, WITHDRAWN, FORGOTTEN = "discarded", "expired", "withdrawn", "forgotten"


def erase(declaration: Declaration, why: str) -> None:
    """Clear the personal data, add a job that deletes the documents, and have the ledger know."""
    ledger.note(declaration.session, why, _both_names(declaration))
    # what still waits may revive it (`progress.py`)
    for name in {declaration.dossier_no, declaration.draft_id}:  # the code for its phone was told of the draft
        erasure.erase(declaration.session, name, waiting=False)
    forget_links(declaration.session, declaration.dossier_no)
    delete_documents(declaration.session, declaration.dossier_no, declaration.clear_personal_data())


def forget_rejected(declaration: Declaration) -> None:
    """Erase the data of one that was rejected long ago; reports still count why."""
    code = (declaration.refusal or {}).get("reason_code")
    erase(declaration, FORGOTTEN)
    declaration.refusal = {"reason_code": code, "reason": ""} if code else None


def names_in(entry: str) -> tuple[str, uuid.UUID | None]:
    """Return the number of an erased declaration, and its draft id: a backup may be of before it had the number.

    :param entry: as the ledger has it, ``261121-000001-6_019aa5b5c0de7000a000000000000001``; previous releases wrote the number alone.
    """
    number, _, draft_id = entry.partition("_")
    return number, uuid.UUID(hex=draft_id) if draft_id else None


def _both_names(declaration: Declaration) -> str:
    return f"{declaration.number}_{declaration.id.hex}" if declaration.number else declaration.draft_id


def discard_draft(declaration: Declaration) -> None:
    """Delete a draft without a trace: it was never submitted, so no other service knows of it."""
    session = declaration.session
    erase(declaration, DISCARDED)
    session.delete(declaration)
    session.flush()
