"""Accounts of staff: made by an administrator anywhere, or by a director in the own province (A12, V11)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts import device, otp, problems
from services.accounts.model import ACTIVE, CITIZEN, DISABLED, IS_STAFF, Account, lock
from services.chassis import clock
from services.chassis.ids import uuid7
from services.chassis.text.bilingual import Bilingual, bilingual

#: no name of digits only: those are BHXH codes and personal numbers
USERNAME = r"[a-z][a-z0-9._-]{2,31}"
#: what a director may grant (702 §2)
DELEGATED = ("officer", "approver")
_NEEDS_OFFICE = ("officer", "approver", "director")

OFFICE_MISSING = bilingual(vi="Vai trò này cần có cơ quan và tỉnh.", en="This role needs an office and a province.")
BOARD_MISSING = bilingual(vi="Vai trò này cần có ban.", en="This role needs a board.")


def fault(role: str, office: str | None, province: str | None, board: str | None) -> tuple[str, Bilingual] | None:
    """The field that is missing for a role, and what to say."""
    if role in _NEEDS_OFFICE and not (office and province):
        return ("office" if not office else "province"), OFFICE_MISSING
    if role == "board" and not board:
        return "board", BOARD_MISSING
    return None


def may_grant(claims: Mapping[str, Any], role: str, province: str | None) -> bool:
    """V11: administrators everything; a director receiving and approving, in the own province."""
    if claims.get("role") == "admin":
        return True
    return claims.get("role") == "director" and role in DELEGATED and bool(province) and province == claims.get("province")


def add(session: Session, given: Mapping[str, Any]) -> Account:
    """A new account of staff, without a password: its holder sets one by resetting it, so no password travels.

    :raises Problem: 409 when the user name is taken.
    """
    if session.scalar(sa.select(Account.id).where(Account.username == given["username"])) is not None:
        raise problems.username_taken()
    now = clock.now()
    account = Account(id=uuid7(), status=ACTIVE, created_at=now, activated_at=now, **given)
    session.add(account)
    try:
        session.flush()
    except sa.exc.IntegrityError:
        raise problems.username_taken() from None
    return account


def change(session: Session, account: Account, given: Mapping[str, Any]) -> None:
    """Another role, office or state; the session ends, for its tokens say what was. Without a change it goes on."""
    now = clock.now()
    active = given.get("active", account.status == ACTIVE)
    said = {name: value for name, value in given.items() if name != "active"}
    if active == (account.status == ACTIVE) and all(getattr(account, name) == value for name, value in said.items()):
        return
    for name, value in said.items():
        setattr(account, name, value)
    account.status = ACTIVE if active else DISABLED
    otp.close_open(session, account, now)
    device.end(session, account, reason="signed_out" if active else "locked", now=now)
    session.flush()


def found(session: Session, account_id: uuid.UUID) -> Account | None:
    """An account of staff, locked; None for one that is not there or a citizen's."""
    account = lock(session, account_id)
    return account if account is not None and account.role != CITIZEN else None


def by_name(session: Session, username: str) -> Account | None:
    """An account of staff by its user name, disabled or not."""
    return session.scalar(sa.select(Account).where(Account.username == username))


def visible(claims: Mapping[str, Any]) -> sa.Select[Any]:
    """The accounts of staff that the caller may see."""
    query = sa.select(Account).where(IS_STAFF)
    return query if claims.get("role") == "admin" else query.where(Account.province == (claims.get("province") or ""))


def differs(account: Account, given: Mapping[str, Any]) -> bool:
    """Whether an account is not yet, or no longer, as given."""
    return account.status != ACTIVE or any(getattr(account, name) != value for name, value in given.items())


def set_password(session: Session, account: Account, password_hash: str) -> None:
    """A password set by an operator at the machine itself; sessions from before it end."""
    now = clock.now()
    device.end(session, account, reason="password_changed", now=now)
    account.keep_password(password_hash, now)
    session.flush()
