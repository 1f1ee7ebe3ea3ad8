"""Whom to write to at an office, and above it, about a legal clock (N): staff as accounts tells of them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis.calendar import today_in_vietnam
from services.verification.officers.rules import RECEIVERS
from services.verification.schema import Base

DIRECTOR: Final = "director"
#: whoever may decide comes first
_AT_OFFICE: Final = ("approver", "officer")
#: most people of an office who are told of one dossier
_MOST: Final = 10


class StaffAddress(Base):
    """Where a member of staff works, and their address. Of those who have left only the number of the newest fact is kept."""

    __tablename__ = "staff_addresses"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    #: of the staff account, as of the newest fact
    revision: Mapped[int]
    role: Mapped[str | None]
    office_code: Mapped[str | None]
    province_code: Mapped[str | None]
    full_name: Mapped[str | None]
    email: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]

    def forget(self) -> None:
        """Forget who it was: they have left, or work elsewhere."""
        self.role = self.office_code = self.province_code = self.full_name = self.email = None
        self.valid_from = self.valid_until = None


def record_assignment(session: Session, account_id: str, revision: int, told: Mapping[str, Any], *, active: bool) -> None:
    """Record where a member of staff works, unless a newer fact was received before; forget whoever is not to be told."""
    known = session.get(StaffAddress, account_id, with_for_update=True)
    if known is None:
        known = StaffAddress(account_id=account_id, revision=revision)
        session.add(known)
    elif revision <= known.revision:
        return
    known.revision = revision
    if not active or told["role"] not in RECEIVERS:
        known.forget()
        return
    for name, value in told.items():
        setattr(known, name, value)


def at_office(session: Session, office_code: str) -> list[dict[str, Any]]:
    """Return whom to write to at an office, those who may decide first; at most ten."""
    found = _in_force(session, StaffAddress.office_code == office_code, StaffAddress.role.in_(_AT_OFFICE))
    return [_addressee(each) for each in sorted(found, key=lambda each: _AT_OFFICE.index(each.role or ""))[:_MOST]]


def directors_above(session: Session, office_code: str, province_code: str | None) -> list[dict[str, Any]]:
    """Return the director or directors of the office's province.

    :param province_code: of the office; None if it is not known: then its own staff say where it is, or its code does, which
        is that of the province for a provincial office.
    """
    if province_code is None:
        its_staff = sa.select(StaffAddress.province_code).where(
            StaffAddress.office_code == office_code, StaffAddress.province_code.is_not(None)
        )
        province_code = session.scalar(its_staff.limit(1)) or office_code
    found = _in_force(session, StaffAddress.province_code == province_code, StaffAddress.role == DIRECTOR)
    return [_addressee(each) for each in found]


def _in_force(session: Session, *criteria: sa.ColumnElement[bool]) -> Sequence[StaffAddress]:
    """Return those with an address whose rights are in force today, in Vietnam."""
    today = today_in_vietnam()
    query = sa.select(StaffAddress).where(
        *criteria,
        StaffAddress.email.is_not(None),
        sa.or_(StaffAddress.valid_from.is_(None), StaffAddress.valid_from <= today),
        sa.or_(StaffAddress.valid_until.is_(None), StaffAddress.valid_until >= today),
    )
    return session.scalars(query.order_by(StaffAddress.account_id)).all()


def _addressee(member: StaffAddress) -> dict[str, Any]:
    return {"role": member.role, "code": member.account_id, "name": member.full_name, "email": member.email}
