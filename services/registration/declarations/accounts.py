"""Track which BHXH codes have an account (I8): a copy of what accounts publishes, which may lag by seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis.errors import OtherPerson
from services.chassis.web.auth import Principal
from services.registration.schema import Base


class KnownAccount(Base):
    """An account, open or stopped."""

    __tablename__ = "known_accounts"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    bhxh_code: Mapped[str]
    active: Mapped[bool]
    # the holder, or for a child's account its guardian; None if accounts has told nothing since 0.3
    full_name: Mapped[str | None]
    #: in E.164
    phone: Mapped[str | None]
    email: Mapped[str | None]
    #: of the newest fact received
    revision: Mapped[int]

    __table_args__ = (sa.Index("known_accounts_bhxh_code", "bhxh_code"),)


_CODE: sa.BindParameter[str] = sa.bindparam("code", type_=sa.Text())


def record_account(
    session: Session,
    account_id: str,
    bhxh_code: str,
    *,
    active: bool,
    revision: int,
    full_name: str,
    contact: Mapping[str, Any],
) -> None:
    """Record what a fact says about an account, unless a newer one was received before.

    :raises OtherPerson: if the account under this id has another code, which never changes.
    """
    newest = {"active": active, "revision": revision, "full_name": full_name}
    newest |= (
        {"phone": contact["phone"], "email": contact["email"]}
        if active
        else {"phone": None, "email": None, "full_name": None}
    )
    # recorded by a release that did not keep the holder's contact data
    unfilled = KnownAccount.active & KnownAccount.phone.is_(None) & (KnownAccount.revision == revision)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    recorded = (
        insert(KnownAccount)
        .values(account_id=account_id, bhxh_code=bhxh_code, **newest)
        .on_conflict_do_update(
            index_elements=["account_id"],
            set_=newest,
            where=sa.or_(KnownAccount.revision < revision, unfilled) & (KnownAccount.bhxh_code == bhxh_code),
        )
        .returning(KnownAccount.account_id)
    )
    if session.scalar(recorded) is None and session.get_one(KnownAccount, account_id).bhxh_code != bhxh_code:
        raise OtherPerson("account")


def has_account(bhxh_code: str | sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Return a query condition: the code has an open account."""
    return sa.exists().where(KnownAccount.bhxh_code == bhxh_code, KnownAccount.active)


_PHONES = sa.select(KnownAccount.phone).where(KnownAccount.bhxh_code == _CODE, KnownAccount.active)


def account_phones(session: Session, bhxh_code: str) -> Sequence[str | None]:
    """Return the phone of each open account of the code, as far as accounts has published; None where it is not known."""
    return session.scalars(_PHONES, {"code": bhxh_code}).all()


def is_holder(session: Session, who: Principal | None, bhxh_code: str) -> bool:
    """Tell whether the caller is signed in to the open account of this code."""
    account = _account_of(session, who)
    return account is not None and account.bhxh_code == bhxh_code


def is_own_phone(session: Session, who: Principal | None, phone: str) -> bool:
    """Tell whether the caller is signed in to an open account with this phone, in E.164."""
    account = _account_of(session, who)
    return account is not None and account.phone == phone


def _account_of(session: Session, who: Principal | None) -> KnownAccount | None:
    account = session.get(KnownAccount, who.id) if who is not None and who.role == "citizen" else None
    return account if account is not None and account.active else None
