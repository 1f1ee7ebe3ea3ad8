"""Tell what an officer opens a case for, from the work in hand (V16)."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.chassis.web import auth, looks
from services.verification.officers.rules import Officer

#: a search by a number that somebody quoted stays the reason for opening what it found
_QUOTED_FOR = timedelta(minutes=30)
DIRECTOR = "director"


def look_at_case(session: Session, case: Any, who: Officer, *, kind: str = "dossier", **details: Any) -> None:
    """Record that the officer opens the case, or a document of it.

    :raises Problem: 428 where the case is no work of theirs, and they do not say what for.
    """
    looks.look(session, kind, case.dossier_no, because=_work_in_hand(session, case, who), **details)


def _work_in_hand(session: Session, case: Any, who: Officer) -> str | None:
    """Return what the officer has to do with the case; None if nothing that we know of.

    Any office may finish any dossier (V2): whoever holds it, or has just found it by the number that somebody quoted, works on it.
    """
    if case.is_held and case.claimed_by == who.account_id:
        return "own_claim"
    if who.office_code in (case.office_code, case.received_office_code, case.assessed_office_code):
        return "own_office"
    if (who.is_provincial or who.role == DIRECTOR) and (case.office or {}).get("province_code") == who.province_code:
        return "own_province"
    quoted = looks.looked_lately(session, auth.principal().id, "found", case.dossier_no, within=_QUOTED_FOR)
    return "number_quoted" if quoted else None
