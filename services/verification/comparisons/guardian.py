"""Compare the guardian named in a form with that guardian's own approved data (V9)."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis.database import Instant
from services.verification.cases.rules import Case
from services.verification.cases.statuses import APPROVED
from services.verification.comparisons.names import compare
from services.verification.schema import Base


class Holder(Base):
    """The approved dossier from which an account's data come."""

    __tablename__ = "account_holders"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    dossier_no: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant())


def record_holder(session: Session, account_id: str, dossier_no: str, at: datetime) -> None:
    """Record that the account's data come from this dossier, unless a later one is known."""
    holder = session.get(Holder, account_id, with_for_update=True)
    if holder is None:
        session.add(Holder(account_id=account_id, dossier_no=dossier_no, at=at))
    elif at >= holder.at:
        holder.dossier_no, holder.at = dossier_no, at


def guardian_check(session: Session, case: Case) -> dict[str, Any] | None:
    """Return the form's guardian, the approved data of that account, and warnings; None if no guardian filed.

    `warnings`: `guardian_unknown`, `guardian_name_differs`, `guardian_name_near`, `guardian_phone_differs`. They block
    nothing: the officer decides.
    """
    if case.guardian is None:
        return None
    form = {"full_name": case.guardian["full_name"], "phone": case.guardian["phone"]}
    own = session.scalar(
        sa.select(Case)
        .join(Holder, Holder.dossier_no == Case.dossier_no)
        .where(Holder.account_id == case.guardian["account_id"], Case.status == APPROVED)
    )
    if own is None or own.subject is None or own.contact is None:
        return {"form": form, "approved": None, "dossier_no": None, "warnings": ["guardian_unknown"]}
    approved = {"full_name": own.subject["full_name"], "phone": own.contact["phone"]}
    warnings = []
    if (likeness := compare(form["full_name"], approved["full_name"])) != "match":
        warnings.append(f"guardian_name_{likeness}")
    if form["phone"] != approved["phone"]:
        warnings.append("guardian_phone_differs")
    return {"form": form, "approved": approved, "dossier_no": own.dossier_no, "warnings": warnings}
