"""Take a guardian's name, phone and e-mail from the guardian's own account, never from what was typed (I11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.chassis.text.folding import plain_name
from services.chassis.web.problem import Problem, field_error
from services.registration.declarations.accounts import KnownAccount
from services.registration.declarations.refusals import GuardianAccountClosed
from services.registration.declarations.rules import Declaration

_TAKEN = ("full_name", "phone", "email")


def guardian_from_account(
    session: Session, account_id: str, given: Mapping[str, Any], contact: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the guardian as rows and facts carry it.

    :param given: the form's part about the guardian; besides the relationship it may only repeat what the account says.
    :param contact: the form's contact data, of which the same holds.
    :raises Problem: 422 for what differs from the account; 503 while accounts has not told of it.
    :raises GuardianAccountClosed: if the account is closed.
    """
    own = _own(session, account_id)
    differing = [f"guardian.{name}" for name in _TAKEN if _differs(given[name], own[name])]
    differing += [f"contact.{name}" for name in ("phone", "email") if _differs(contact[name], own[name])]
    if differing:
        raise Problem(422, errors=[field_error(name, vi=_VI, en=_EN) for name in differing])
    return {"account_id": account_id, "relationship": given["relationship"], **own}


def renew_guardian(session: Session, declaration: Declaration) -> None:
    """Bring a draft to what the guardian's account says now: the draft may be days old, or of a release that took what was typed.

    :raises Problem: 503 while accounts has not told of it.
    :raises GuardianAccountClosed: if the account has been closed.
    """
    if declaration.guardian is None or declaration.contact is None or declaration.guardian_account_id is None:
        return
    own = _own(session, declaration.guardian_account_id)
    declaration.guardian = declaration.guardian | own
    declaration.contact = declaration.contact | {"phone": own["phone"], "email": own["email"]}


def _own(session: Session, account_id: str) -> dict[str, Any]:
    account = session.get(KnownAccount, account_id)
    if account is not None and not account.active:
        raise GuardianAccountClosed
    if account is None or account.phone is None:
        raise Problem(
            503,
            "account-not-known-yet",
            vi="Hệ thống tiếp nhận chưa nhận được thông tin tài khoản của Ông/Bà. Hãy thử lại sau một phút.",
            en="Registration has not been told of your account yet. Try again in a minute.",
            headers={"Retry-After": "60"},
        )
    return {name: getattr(account, name) for name in _TAKEN}


def _differs(typed: str | None, own: str | None) -> bool:
    # what the account has may have been typed before there was one folding (W2)
    return typed is not None and plain_name(typed).casefold() != plain_name(own or "").casefold()


_VI = "Họ tên, điện thoại và e-mail của người giám hộ lấy từ tài khoản đang đăng nhập; hãy bỏ trống. Muốn đổi thì nộp tờ khai điều chỉnh."
_EN = "The guardian's name, phone and e-mail are those of the account signed in to: leave them out. To change them, file an adjust."
