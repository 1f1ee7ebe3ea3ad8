"""The history of rights (V11): who gave whom what, from when until when, and why."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.accounts.accounts.rules import ACTIVE, Account
from services.accounts.schema import Base
from services.chassis import clock
from services.chassis.calendar import VIETNAM, today_in_vietnam

_RIGHTS = ("role", "office", "province", "board", "valid_from", "valid_until")


@dataclass(frozen=True)
class Grant:
    """Who gives or takes rights, and why. `by`: an account's id, or `vss:NAME` for an operator."""

    by: str
    reason: str


class RightsEntry(Base):
    """The rights of a member of staff from a moment on. The database refuses to change or delete it."""

    __tablename__ = "rights_history"

    #: keeps the order of entries with the same time
    seq: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("accounts.id"))
    at: Mapped[datetime]
    #: account id, or `vss:NAME` for an operator (`vss staff` before 0.4)
    granted_by: Mapped[str]
    reason: Mapped[str]
    role: Mapped[str]
    office: Mapped[str | None]
    province: Mapped[str | None]
    board: Mapped[str | None]
    active: Mapped[bool]
    #: first and last day, in Vietnam; None: since ever, until further notice
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]


def record_rights(account: Account, grant: Grant) -> None:
    """Add the account's present rights to its history."""
    rights = {name: getattr(account, name) for name in _RIGHTS} | {"active": account.status == ACTIVE}
    entry = RightsEntry(account_id=account.id, at=clock.now(), granted_by=grant.by, reason=grant.reason, **rights)
    account.session.add(entry)


def history_of(session: Session, account_id: uuid.UUID) -> Sequence[RightsEntry]:
    """Return the history of a member of staff, oldest first."""
    query = sa.select(RightsEntry).where(RightsEntry.account_id == account_id).order_by(RightsEntry.seq)
    return session.scalars(query).all()


def are_in_force(account: Account) -> bool:
    """Tell whether today, in Vietnam, lies within the dates of the account's rights. A citizen's have none."""
    today = today_in_vietnam()
    begun = account.valid_from is None or account.valid_from <= today
    return begun and (account.valid_until is None or today <= account.valid_until)


def end_of(account: Account) -> datetime | None:
    """Return the moment at which the rights end: midnight after their last day; None if they have none."""
    if (
        account.valid_until is None or account.valid_until == date.max
    ):  # no day comes after 9999-12-31, which older releases stored
        return None
    return datetime.combine(account.valid_until + timedelta(days=1), time(), VIETNAM)
