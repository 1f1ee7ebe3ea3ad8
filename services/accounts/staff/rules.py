"""Manage accounts of staff: an administrator anywhere, a director in their own province (A12, V11)."""

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.accounts.lookup import IS_STAFF, lock
from services.accounts.accounts.rules import ACTIVE, DISABLED, RIGHTS_CHANGED, Account
from services.accounts.factors.steps import close_all
from services.accounts.known.rules import forget_others
from services.accounts.offices import rules as offices
from services.accounts.otp.rules import close_codes
from services.accounts.sessions.rules import end_session
from services.accounts.sheets import rules as sheets
from services.accounts.staff.facts import StaffAssigned, StaffContactChanged, StaffIdentified
from services.accounts.staff.refusals import UsernameTaken
from services.accounts.staff.rights import Grant, record_rights
from services.chassis import clock, history
from services.chassis.history import Act
from services.chassis.ids import uuid7
from services.chassis.recovery import ledger
from services.chassis.text.bilingual import Bilingual, bilingual

#: never digits only: those are BHXH codes and personal IDs
USERNAME = r"[a-z][a-z0-9._-]{2,31}"
#: what a director may grant (công văn 702 §2)
DELEGATED = ("officer", "approver")
#: what is in no token and gives no rights
_WITHOUT_RIGHTS = frozenset({"email"})
_NEEDS_OFFICE = ("officer", "approver", "director")

OFFICE_MISSING = bilingual(vi="Vai trò này cần có cơ quan và tỉnh.", en="This role needs an office and a province.")
OFFICE_UNKNOWN = bilingual(vi="Không có cơ quan BHXH nào mang mã này.", en="No office has this code.")
PROVINCE_UNKNOWN = bilingual(
    vi="Không có cơ quan BHXH nào ở tỉnh mang mã này.", en="No office is in a province of this code."
)
OFFICE_ELSEWHERE = bilingual(vi="Cơ quan này không thuộc tỉnh đã ghi.", en="This office is not in that province.")
DATES_REVERSED = bilingual(vi="Ngày hết quyền phải sau ngày bắt đầu.", en="The last day lies before the first.")
BOARD_MISSING = bilingual(vi="Vai trò này cần có ban.", en="This role needs a board.")


def missing_field(role: str, office: str | None, province: str | None, board: str | None) -> tuple[str, Bilingual] | None:
    """Return the field that this role needs and lacks, with its message; None if nothing is missing."""
    if role in _NEEDS_OFFICE and not (office and province):
        return ("office" if not office else "province"), OFFICE_MISSING
    if role == "board" and not board:
        return "board", BOARD_MISSING
    return None


def office_fault(session: Session, office: str | None, province: str | None) -> tuple[str, Bilingual] | None:
    """Return the field that names no open office of this province, or no province of offices; None if nothing is wrong (V11)."""
    if province is not None and not offices.are_in(session, province):
        return "province", PROVINCE_UNKNOWN
    if office is None:
        return None
    found = offices.find(session, office)
    if found is None:
        return "office", OFFICE_UNKNOWN
    return None if found.province_code == province else ("office", OFFICE_ELSEWHERE)


def may_grant(claims: Mapping[str, Any], role: str, province: str | None) -> bool:
    """Tell whether the caller may grant this role (V11): an administrator any, a director those they may delegate."""
    if claims.get("role") == "admin":
        return True
    return claims.get("role") == "director" and role in DELEGATED and bool(province) and province == claims.get("province")


def add(session: Session, given: Mapping[str, Any], grant: Grant) -> Account:
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
    record_rights(account, grant)
    _tell_own_id(account, None)
    tell_assignment(account)
    return account


def change(account: Account, given: Mapping[str, Any], grant: Grant) -> bool:
    """Change role, office, dates, e-mail or state (``active``), and return whether anything changed.

    If so, the session ends, because its tokens carry the old rights; not for another e-mail address alone.
    """
    wanted = {name: value for name, value in given.items() if name != "active"}
    if "active" in given:
        wanted["status"] = ACTIVE if given["active"] else DISABLED
    changed = {name for name, value in wanted.items() if getattr(account, name) != value}
    if not changed:
        return False
    own_id, contact = account.own_id, account.contact
    for name, value in wanted.items():
        setattr(account, name, value)
    record_rights(account, grant)
    _tell_own_id(account, own_id)
    tell_assignment(account)
    _tell_old_contact(account, contact, sorted(changed & contact.keys()))
    if changed <= _WITHOUT_RIGHTS:
        account.session.flush()
        return True
    # a restored backup must not bring the old rights back
    ledger.note(account.session, RIGHTS_CHANGED, str(account.id))
    close_codes(account)
    close_all(account)
    if account.status != ACTIVE:
        sheets.end(account)
    end_session(account, reason="signed_out" if account.status == ACTIVE else "locked")
    account.session.flush()
    return True


def _tell_own_id(account: Account, before: str | None) -> None:
    """Tell verification whose dossiers this member of staff must not work on, if that is new (V14)."""
    if account.own_id is not None and account.own_id != before:
        account.tell(StaffIdentified(account_id=str(account.id), own_id=account.own_id))


def _tell_old_contact(account: Account, before: dict[str, Any], changed: list[str]) -> None:
    """Tell the phone and the e-mail address of before that one of them is another now: one-time codes go there from now on (A15)."""
    if changed:
        account.tell(
            StaffContactChanged(
                account_id=str(account.id),
                contact=before,
                account_hint=account.hint,
                changed=changed,
                changed_at=clock.now(),
            )
        )


def tell_assignment(account: Account) -> None:
    """Tell verification where this member of staff works, and the address to write to (N)."""
    account.assignment_told_at = clock.now()
    account.tell(
        StaffAssigned(
            account_id=str(account.id),
            full_name=account.full_name,
            email=account.email,
            role=account.role,
            office_code=account.office,
            province_code=account.province,
            active=account.status == ACTIVE,
            valid_from=account.valid_from,
            valid_until=account.valid_until,
        )
    )


def set_password(account: Account, password_hash: str, grant: Grant) -> None:
    """Set a password that an operator chose on the command line; earlier sessions end, and the history says who did it (V16)."""
    act = Act(actor=grant.by, action="password_set", kind="staff", about=str(account.id), purpose=grant.reason)
    history.add(account.session, act)
    end_session(account, reason="password_changed")
    close_all(account)
    forget_others(account.session, account)
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
