"""Track which BHXH codes have an account (I8): a copy of what accounts publishes, which may lag by seconds."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis.errors import OtherPerson
from services.registration.schema import Base


class KnownAccount(Base):
    """An account, open or stopped."""

    __tablename__ = "known_accounts"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    bhxh_code: Mapped[str]
    active: Mapped[bool]
    #: of the newest fact received
    revision: Mapped[int]

    __table_args__ = (sa.Index("known_accounts_bhxh_code", "bhxh_code"),)


def record_account(session: Session, account_id: str, bhxh_code: str, *, active: bool, revision: int) -> None:
    """Record what a fact says about an account, unless a newer one was received before.

    :raises OtherPerson: if the account under this id has another code, which never changes.
    """
    values = {"account_id": account_id, "bhxh_code": bhxh_code, "active": active, "revision": revision}
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    recorded = (
        insert(KnownAccount)
        .values(values)
        .on_conflict_do_update(
            index_elements=["account_id"],
            set_={"active": active, "revision": revision},
            where=(KnownAccount.revision < revision) & (KnownAccount.bhxh_code == bhxh_code),
        )
        .returning(KnownAccount.account_id)
    )
    if session.scalar(recorded) is None and session.get_one(KnownAccount, account_id).bhxh_code != bhxh_code:
        raise OtherPerson("account")


def has_account(bhxh_code: str | sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Return a query condition: the code has an open account."""
    return sa.exists().where(KnownAccount.bhxh_code == bhxh_code, KnownAccount.active)
