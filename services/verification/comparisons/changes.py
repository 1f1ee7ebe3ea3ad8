"""Compare an adjustment with the person's last approved data, field by field (V12)."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.verification.cases.rules import Case
from services.verification.cases.statuses import APPROVED

_SUBJECT = ("full_name", "date_of_birth", "id_type", "id_number", "personal_id")
_CONTACT = ("phone", "email")
_ADDRESS = ("map", "province_code", "district_code", "ward_code", "text")


def old_and_new(session: Session, case: Case) -> list[dict[str, Any]] | None:
    """Return each field of an `adjust` with `old`, `new` and `changed`; None for other kinds.

    Every `old` is null if this system has never approved anything for the BHXH code.
    """
    if case.kind != "adjust" or case.subject is None:
        return None
    before = session.scalar(
        sa.select(Case)
        .where(Case.bhxh_code == case.bhxh_code, Case.status == APPROVED, Case.kind != "stop", Case.id != case.id)
        .order_by(Case.decided_at.desc())
        .limit(1)
    )
    old = _flat(before) if before else {}
    return [
        {"field": field, "old": old.get(field), "new": value, "changed": old.get(field) != value}
        for field, value in _flat(case).items()
    ]


def _flat(case: Case) -> dict[str, str | None]:
    subject, contact = case.subject or {}, case.contact or {}
    address = contact.get("address") or {}
    return (
        {name: subject.get(name) for name in _SUBJECT}
        | {name: contact.get(name) for name in _CONTACT}
        | {f"address.{name}": address.get(name) for name in _ADDRESS}
    )
