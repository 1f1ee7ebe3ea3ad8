"""One open account a personal ID (V15): who has an ID, and claiming one for an account.

`personal_id` is what the holder's papers say; `unique_id` is the same number once the account alone has it, held by a unique index.
They differ only in databases from before this rule, where two open accounts may have one ID: those keep it unclaimed until one of
them is corrected or closed, and `vss doctor accounts` reports them.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.accounts.accounts.rules import STOPPED, Account

PERSONAL_ID_LENGTH = 12

_TABLE: Any = Account.__table__
# built once; the literal lets PostgreSQL use the partial index
_HOLDERS = sa.select(_TABLE.c.id, _TABLE.c.bhxh_code).where(
    _TABLE.c.personal_id == sa.bindparam("personal_id", type_=sa.Text()),
    _TABLE.c.status != sa.literal_column(f"'{STOPPED}'", sa.Text()),
    _TABLE.c.bhxh_code != sa.bindparam("bhxh_code", type_=sa.Text()),
)


def personal_id_in(subject: Mapping[str, Any]) -> str | None:
    """Return the 12 digits that also sign in (A1): the personal ID, or the CCCD number, which is the same."""
    for number in (subject["personal_id"], subject["id_number"] if subject["id_type"] == "cccd" else None):
        if number and len(number) == PERSONAL_ID_LENGTH and number.isascii() and number.isdigit():
            return str(number)
    return None


def other_holder(session: Session, personal_id: str | None, bhxh_code: str) -> Any:
    """Return `id` and `bhxh_code` of an open account under another BHXH code that has this ID; None if there is none."""
    if personal_id is None:
        return None
    return session.execute(_HOLDERS, {"personal_id": personal_id, "bhxh_code": bhxh_code}).first()


def claim(account: Account, personal_id: str) -> bool:
    """Give the account this ID. Return False, having changed nothing, if another open account has it (V15)."""
    session = account.session
    if other_holder(session, personal_id, account.bhxh_code or "") is not None:
        return False
    session.flush()
    try:
        with session.begin_nested():
            account.personal_id = account.unique_id = personal_id
    except IntegrityError:  # claimed by another transaction just now
        return False
    return True
