"""Tell whether a dossier concerns the officer who wants to work on it (V14): their own, or that of a child they are guardian of."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.verification.cases.refusals import OwnDossier
from services.verification.known.accounts import KnownAccount
from services.verification.officers.rules import Officer
from services.verification.schema import Base


class StaffId(Base):
    """The personal ID of a member of staff, of their own."""

    __tablename__ = "staff_ids"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    own_id: Mapped[str]
    #: of the staff account, as of the newest fact
    revision: Mapped[int]


def record_staff_id(session: Session, account_id: str, own_id: str, revision: int) -> None:
    """Record whose ID a member of staff has, unless a newer fact was received before."""
    known = session.get(StaffId, account_id, with_for_update=True)
    if known is None:
        session.add(StaffId(account_id=account_id, own_id=own_id, revision=revision))
    elif revision > known.revision:
        known.own_id, known.revision = own_id, revision


def must_not_concern(case: Any, by: Officer) -> None:
    """Check that the case is neither the officer's own nor that of a child they are guardian of (V14).

    Every step holds the case first, so this stands before all of them; looking at it is no step.

    :raises OwnDossier: otherwise.
    """
    if is_concerned(case.session, by, case.subject, case.guardian):
        raise OwnDossier


def is_concerned(
    session: Session, by: Officer, subject: Mapping[str, Any] | None, guardian: Mapping[str, Any] | None
) -> bool:
    """Tell whether the officer's own ID is the person's or the guardian's, on the form or in the account of either.

    Staff from before V14 whose ID nobody has entered concern nothing.
    """
    known = session.get(StaffId, by.account_id)
    if known is None or subject is None:
        return False
    if known.own_id in (subject.get("personal_id"), subject.get("id_number")):
        return True
    own_accounts = session.scalars(sa.select(KnownAccount).where(KnownAccount.personal_id == known.own_id)).all()
    guardian_account = guardian["account_id"] if guardian else None
    return any(each.bhxh_code == subject["bhxh_code"] or each.account_id == guardian_account for each in own_accounts)
