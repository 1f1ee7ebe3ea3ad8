"""Build the responses about a case, while the session is open; the schemas are in schemas.py."""

from typing import Any

from sqlalchemy.orm import Session

from services.verification.attachments.rules import attachments_of
from services.verification.cases.rules import Case
from services.verification.comparisons.changes import old_and_new
from services.verification.comparisons.guardian import guardian_check
from services.verification.comparisons.identity import identity_check
from services.verification.decisions.reasons import availability
from services.verification.decisions.situation import is_assessable, situation_of
from services.verification.known.accounts import open_account_of

_LISTED = (
    "dossier_no",
    "status",
    "state",
    "kind",
    "route",
    "office_code",
    "submitted_at",
    "last_day",
    "expires_at",
    "due_at",
    "late",
)
_SHOWN = (
    *(
        "dossier_no",
        "revision",
        "status",
        "state",
        "kind",
        "route",
        "channel",
        "filing",
        "submitted_at",
        "last_day",
        "expires_at",
        "received_at",
    ),
    *(
        "received_office_code",
        "complete_at",
        "due_at",
        "late",
        "decided_at",
        "assessed_by",
        "assessed_office_code",
        "reason_code",
        "reason",
    ),
    "insisted_because",
    *("subject", "contact", "guardian", "parent", "letter", "letters_until", "office", "warnings"),
    *("awaited", "missing", "phone_proved"),
)
_NO_ANSWER = {"full_name": None, "date_of_birth": None, "birth": None, "adult": None, "phone_matches": None}


def listed(case: Case) -> dict[str, Any]:
    """Return the case as a line of the work list (`ListedCase`)."""
    name = case.subject["full_name"] if case.subject else None
    return (
        _of(case, _LISTED)
        | {"full_name": name, "holder": case.claimed_by if case.is_held else None}
        | {"password_failed": case.password_failed_at is not None}
    )


def shown(session: Session, case: Case) -> dict[str, Any]:
    """Return everything that an officer needs to assess the case (`CaseShown`)."""
    attachments = attachments_of(session, case.dossier_no).values()
    return _of(case, _SHOWN) | {
        "attachments": [
            _of(each, ("kind", "content_type", "size", "sha256", "added_at")) | {"by_office": each.added_by is not None}
            for each in attachments
        ],
        **_particulars(case),
        "parent_id_shown": case.parent_id_shown_at is not None,
        "id_shown": case.id_shown_at is not None,
        "claim": claim(case) if case.is_held else None,
        "hgd": _NO_ANSWER | (case.hgd or {}) | {"outcome": case.hgd_outcome, "at": case.hgd_at} if case.check_no else None,
        "hgd_advice": (
            _NO_ANSWER | (case.advice or {}) | {"outcome": case.advice_outcome, "at": case.advice_at}
            if case.advice_outcome
            else None
        ),
        "reasons": list(availability(situation_of(case))) if is_assessable(case) else [],
        "guardian_check": guardian_check(session, case),
        "password_failure": _of(case, ("password_failed_at", "password_failure", "password_held"))
        if case.password_failed_at
        else None,
        "identity_check": identity_check(session, case),
        "has_account": case.kind == "register" and open_account_of(session, case.bhxh_code) is not None,
        "changes": old_and_new(session, case),
    }


def _particulars(case: Case) -> dict[str, Any]:
    """Return what else the form says (I1, I13); the contact person is the person themselves unless it says otherwise."""
    said = dict.fromkeys(("contact_person", "registered_with", "ivan_name", "start_date")) | (case.particulars or {})
    themselves = case.parent or case.guardian or case.subject
    return said | {"contact_person": said["contact_person"] or (themselves["full_name"] if themselves else None)}


def claim(case: Case) -> dict[str, Any]:
    """Return who holds the case, and until when (`Claim`)."""
    return {"holder": case.claimed_by, "holder_office_code": case.claimed_office_code, "lease_until": case.lease_until}


def standing(case: Case) -> dict[str, Any]:
    """Return the state of the case after a step (`Standing`)."""
    return _of(case, ("dossier_no", "status", "missing"))


def _of(row: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
