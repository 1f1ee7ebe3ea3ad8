"""Manage accounts of staff: an administrator anywhere, a director in their own province (A12, V11)."""

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.accounts.lookup import IS_STAFF, lock
from services.accounts.accounts.rules import ACTIVE, DISABLED, RIGHTS_CHANGED, Account
from services.accounts.otp.rules import close_codes
from services.accounts.sessions.rules import end_session
from services.accounts.staff.refusals import UsernameTaken
from services.chassis import clock
from services.chassis.ids import uuid7
from services.chassis.recovery import ledger
from services.chassis.text.bilingual import Bilingual, bilingual

#: never digits only: those are BHXH codes and personal IDs
USERNAME = r"[a-z][a-z0-9._-]{2,31}"
#: what a director may grant (công văn 702 §2)
DELEGATED = ("officer", "approver")
_NEEDS_OFFICE = ("officer", "approver", "director")

OFFICE_MISSING = bilingual(vi="Vai trò này cần có cơ quan và tỉnh.", en="This role needs an office and a province.")
BOARD_MISSING = bilingual(vi="Vai trò này cần có ban.", en="This role needs a board.")


def missing_field(role: str, office: str | None, province: str | None, board: str | None) -> tuple[str, Bilingual] | None:
    """Return the field that this role needs and lacks, with its message; None if nothing is missing."""
    if role in _NEEDS_OFFICE and not (office and province):
        return ("office" if not office else "province"), OFFICE_MISSING
    if role == "board" and not board:
        return "board", BOARD_MISSING
    return None


def may_grant(claims: Mapping[str, Any], role: str, province: str | None) -> bool:
    """Tell whether the caller may grant this role (V11): an administrator any, a director those they may delegate."""
    if claims.get("role") == "admin":
        return True
    return claims.get("role") == "director" and role in DELEGATED and bool(province) and province == claims.get("province")


def add(session: Session, given: Mapping[str, Any]) -> Account:
    """Add an account without a password: its holder sets one by resetting it, so no password travels.

    :raises UsernameTaken: if somebody has this user name.
    """
    if by_name(session, given["username"]) is not None:
        raise UsernameTaken
    now = clock.now()
    account = Account(id=uuid7(), status=ACTIVE, created_at=now, activated_at=now, **given)
    session.add(account)
    try:
        session.flush()
    except sa.exc.IntegrityError:
        raise UsernameTaken from None
    return account


def change(account: Account, given: Mapping[str, Any]) -> bool:
    """Change role, office or state (``active``), and return whether anything changed.

    If so, the session ends, because its tokens carry the old rights.
    """
    wanted = {name: value for name, value in given.items() if name != "active"}
    if "active" in given:
        wanted["status"] = ACTIVE if given["active"] else DISABLED
    if all(getattr(account, name) == value for name, value in wanted.items()):
        return False
    for name, value in wanted.items():
        setattr(account, name, value)
    # a restored backup must not bring the old rights back
    ledger.note(account.session, RIGHTS_CHANGED, str(account.id))
    close_codes(account)
    end_session(account, reason="signed_out" if account.status == ACTIVE else "locked")
    account.session.flush()
    return True


def set_password(account: Account, password_hash: str) -> None:
    """Set a password that an operator chose on the command line; earlier sessions end."""
    end_session(account, reason="password_changed")
    account.set_password(password_hash)
    account.session.flush()


def lock_member(session: Session, account_id: uuid.UUID) -> Account | None:
    """Return an account of staff, locked; None for one that does not exist or is a citizen's."""
    account = lock(session, account_id)
    return account if account is not None and account.is_staff else None


def by_name(session: Session, username: str) -> Account | None:
    """Return an account of staff by its user name, disabled or not."""
    return session.scalar(sa.select(Account).where(Account.username == username))


def visible_to(claims: Mapping[str, Any]) -> sa.Select[Any]:
    """Select the accounts of staff that the caller may see: an administrator all, a director those in their province."""
    query = sa.select(Account).where(IS_STAFF)
    return query if claims.get("role") == "admin" else query.where(Account.province == (claims.get("province") or ""))
