"""Compare an adjustment with what the account shows, field by field (V12)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.verification.cases.rules import Case
from services.verification.known.accounts import KnownAccount, open_account_of

_SUBJECT = ("full_name", "date_of_birth", "id_type", "id_number", "personal_id")
_CONTACT = ("phone", "email")
_ADDRESS = ("map", "province_code", "district_code", "ward_code", "text")


def old_and_new(session: Session, case: Case) -> list[dict[str, Any]] | None:
    """Return each field of an `adjust` with `old`, `new` and `changed`; None for other kinds.

    `old` is what the account shows, `new` is null where the form leaves it as it is; a removed e-mail address is `changed` to null.
    Every `old` is null if no open account is known under the BHXH code.
    """
    if case.kind != "adjust" or case.subject is None:
        return None
    account = open_account_of(session, case.bhxh_code)
    old = _flat(_columns(account), _columns(account)) if account else {}
    removed = {"email"} if (case.contact or {}).get("remove_email") else set()
    return [
        {
            "field": field,
            "old": old.get(field),
            "new": value,
            "changed": field in removed or (value is not None and old.get(field) != value),
        }
        for field, value in _flat(case.subject, case.contact or {}).items()
    ]


def _columns(account: KnownAccount) -> dict[str, Any]:
    return {name: getattr(account, name) for name in (*_SUBJECT, *_CONTACT, "address")}


def _flat(subject: Mapping[str, Any], contact: Mapping[str, Any]) -> dict[str, str | None]:
    address = contact.get("address") or {}
    return (
        {name: subject.get(name) for name in _SUBJECT}
        | {name: contact.get(name) for name in _CONTACT}
        | {f"address.{name}": address.get(name) for name in _ADDRESS}
    )
