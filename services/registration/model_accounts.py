"""Which BHXH codes have an account, as accounts tells (I8). A copy of theirs: it may lag behind by seconds."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.registration.model import Base


class KnownAccount(Base):
    """An account somebody has, or had."""

    __tablename__ = "known_accounts"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    bhxh_code: Mapped[str]
    active: Mapped[bool]
    #: of the newest fact that was heard of
    revision: Mapped[int]

    __table_args__ = (sa.Index("known_accounts_bhxh_code", "bhxh_code"),)


def note(session: Session, account_id: str, bhxh_code: str, *, active: bool, revision: int) -> None:
    """Remember what a fact says of an account, unless a newer one was heard of."""
    values = {"account_id": account_id, "bhxh_code": bhxh_code, "active": active, "revision": revision}
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(KnownAccount)
        .values(values)
        .on_conflict_do_update(
            index_elements=["account_id"],
            set_={"bhxh_code": bhxh_code, "active": active, "revision": revision},
            where=KnownAccount.revision < revision,
        )
    )


def has_account(bhxh_code: str | sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether the code has an open account, as a condition to select."""
    return sa.exists().where(KnownAccount.bhxh_code == bhxh_code, KnownAccount.active)
