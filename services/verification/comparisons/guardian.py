"""Compare the guardian named in a form with what that guardian's own account shows (V9)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis.calendar import today_in_vietnam
from services.chassis.database import Instant
from services.verification.cases.rules import Case
from services.verification.comparisons.names import compare
from services.verification.known.accounts import KnownAccount
from services.verification.schema import Base

_ADULT_YEARS = 18


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
    """Return the form's guardian, what that guardian's account shows, and warnings; None if no guardian filed.

    `warnings`: `guardian_unknown`, `guardian_stopped`, `guardian_name_differs`, `guardian_name_near`, `guardian_phone_differs`,
    and `child_grown_up` for a child that has turned 18 since it was filed. They block nothing: the officer decides.
    """
    if case.guardian is None:
        return None
    form = {"full_name": case.guardian["full_name"], "phone": case.guardian["phone"]}
    grown_up = ["child_grown_up"] if _is_grown_up(case) else []
    account = session.get(KnownAccount, case.guardian["account_id"])
    if account is None or account.full_name is None:
        return {"form": form, "approved": None, "dossier_no": None, "warnings": ["guardian_unknown", *grown_up]}
    warnings = [] if account.is_open else ["guardian_stopped"]
    if (likeness := compare(form["full_name"], account.full_name)) != "match":
        warnings.append(f"guardian_name_{likeness}")
    if form["phone"] != account.phone:
        warnings.append("guardian_phone_differs")
    holder = session.get(Holder, account.account_id)
    return {
        "form": form,
        "approved": {"full_name": account.full_name, "phone": account.phone},
        "dossier_no": holder.dossier_no if holder else None,
        "warnings": warnings + grown_up,
    }


def _is_grown_up(case: Case) -> bool:
    text = (case.subject or {}).get("date_of_birth")
    if text is None:
        return False
    born, today = date.fromisoformat(text), today_in_vietnam()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) >= _ADULT_YEARS
