"""Compare an adjustment with what the account shows, field by field (V12)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.chassis.text.places import LEVELS, is_same_unit
from services.verification.cases.rules import Case
from services.verification.known.accounts import KnownAccount, open_account_of

_SUBJECT = ("full_name", "date_of_birth", "id_type", "id_number", "personal_id")
_CONTACT = ("phone", "email")
#: the level of each field about a unit of an address
_UNITS = {f"{level}_{part}": level for level in LEVELS for part in ("code", "name")}
_ADDRESS = ("map", *_UNITS, "text")


def old_and_new(session: Session, case: Case) -> list[dict[str, Any]] | None:
    """Return each field of an `adjust` with `old`, `new` and `changed`; None for other kinds.

    `old` is what the account shows, `new` is null where the form leaves it as it is; a removed e-mail address is `changed` to null.
    Every `old` is null if no open account is known under the BHXH code. A unit of the address is `changed` where map, code or name
    say that it is another one (W3): the same code names two units on the two maps, and a unit that is given another rank stays itself.
    """
    if case.kind != "adjust" or case.subject is None:
        return None
    account = open_account_of(session, case.bhxh_code)
    old = _flat(_columns(account), _columns(account)) if account else {}
    moved = _moved((account.address if account else None) or {}, (case.contact or {}).get("address") or {})
    removed = {"email"} if (case.contact or {}).get("remove_email") else set()
    return [
        {
            "field": field,
            "old": old.get(field),
            "new": value,
            "changed": field in removed or moved.get(field, value is not None and old.get(field) != value),
        }
        for field, value in _flat(case.subject, case.contact or {}).items()
    ]


def _moved(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, bool]:
    """Tell of each field of the units of an address whether it names another unit than before; of none where the form has no address."""
    other = {level: bool(new) and not is_same_unit(old, new, level) for level in LEVELS}
    return {
        f"address.{name}": other[level] and (old.get(name) or new.get(name)) is not None for name, level in _UNITS.items()
    }


def _columns(account: KnownAccount) -> dict[str, Any]:
    return {name: getattr(account, name) for name in (*_SUBJECT, *_CONTACT, "address")}


def _flat(subject: Mapping[str, Any], contact: Mapping[str, Any]) -> dict[str, str | None]:
    address = contact.get("address") or {}
    return (
        {name: subject.get(name) for name in _SUBJECT}
        | {name: contact.get(name) for name in _CONTACT}
        | {f"address.{name}": address.get(name) for name in _ADDRESS}
    )
