"""What an officer sees beside a case: a guardian's approved data (V9), old and new of an adjustment (V12)."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.verification import names
from services.verification.case_row import APPROVED
from services.verification.model import Case
from services.verification.records import Holder

_ADDRESS = ("map", "province_code", "district_code", "ward_code", "text")


def guardian_check(session: Session, case: Case) -> dict[str, Any] | None:
    """The guardian of the form beside the guardian's own approved data; None where no guardian has filed.

    `warnings`: `guardian_unknown`, `guardian_name_differs`, `guardian_name_near`, `guardian_phone_differs`. They block
    nothing: the officer decides.
    """
    if case.guardian is None:
        return None
    own = _approved_of(session, case.guardian["account_id"])
    told = {"full_name": case.guardian["full_name"], "phone": case.guardian["phone"]}
    if own is None or own.subject is None or own.contact is None:
        return {"form": told, "approved": None, "dossier_no": None, "warnings": ["guardian_unknown"]}
    approved = {"full_name": own.subject["full_name"], "phone": own.contact["phone"]}
    warnings = []
    if (likeness := names.compare(told["full_name"], approved["full_name"])) != "match":
        warnings.append(f"guardian_name_{likeness}")
    if told["phone"] != approved["phone"]:
        warnings.append("guardian_phone_differs")
    return {"form": told, "approved": approved, "dossier_no": own.dossier_no, "warnings": warnings}


def _approved_of(session: Session, account_id: str) -> Case | None:
    query = sa.select(Case).join(Holder, Holder.dossier_no == Case.dossier_no)
    return session.scalar(query.where(Holder.account_id == account_id, Case.status == APPROVED))


def old_and_new(session: Session, case: Case) -> list[dict[str, Any]] | None:
    """Each field of an `adjust` as it was approved last and as it shall be (V12); None for other kinds.

    `old` is null everywhere if this system has approved nothing for the code before.
    """
    if case.kind != "adjust" or case.subject is None:
        return None
    before = session.scalar(
        sa.select(Case)
        .where(Case.bhxh_code == case.bhxh_code, Case.status == APPROVED, Case.kind != "stop", Case.id != case.id)
        .order_by(Case.decided_at.desc())
        .limit(1)
    )
    old, new = _flat(before), _flat(case)
    return [
        {"field": field, "old": old.get(field), "new": value, "changed": old.get(field) != value}
        for field, value in new.items()
    ]


def _flat(case: Case | None) -> dict[str, str | None]:
    if case is None:
        return {}
    subject, contact = case.subject or {}, case.contact or {}
    address = contact.get("address") or {}
    fields = {name: subject.get(name) for name in ("full_name", "date_of_birth", "id_type", "id_number", "personal_id")}
    fields |= {name: contact.get(name) for name in ("phone", "email")}
    return fields | {f"address.{name}": address.get(name) for name in _ADDRESS}
