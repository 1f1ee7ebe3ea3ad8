"""Compare a dossier's personal ID with those of all open accounts (V15)."""

from typing import Any

from sqlalchemy.orm import Session

from services.verification.cases.rules import Case
from services.verification.known.accounts import other_holders, personal_id_in


def identity_check(session: Session, case: Case) -> dict[str, Any] | None:
    """Return the personal ID with both BHXH codes; None unless another open account has it.

    `in_use_under`: `bhxh_code` and `full_name` of each account that has it.
    """
    if not (holders := other_holders(session, case.subject)):
        return None
    return {
        "personal_id": personal_id_in(case.subject),
        "bhxh_code": case.bhxh_code,
        "in_use_under": [{"bhxh_code": each.bhxh_code, "full_name": each.full_name} for each in holders],
    }
