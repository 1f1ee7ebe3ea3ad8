"""Find and lock accounts; each look-up uses an index.

The locking statements are built once: building one costs more than running it.
"""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.accounts.roles import CITIZEN
from services.accounts.accounts.rules import ACTIVE, PENDING, STOPPED, Account
from services.chassis.text.folding import plain_code, plain_number

# literals: with bound values PostgreSQL could not use the partial indexes
OPEN = Account.status != sa.literal_column(f"'{STOPPED}'", sa.Text())
IS_ACTIVE = Account.status == sa.literal_column(f"'{ACTIVE}'", sa.Text())
IS_STAFF = Account.role != sa.literal_column(f"'{CITIZEN}'", sa.Text())

BHXH_CODE_LENGTH = 10


def _locking(*criteria: sa.ColumnElement[bool]) -> sa.Select[Account]:
    return sa.select(Account).where(*criteria).with_for_update().execution_options(populate_existing=True)


_BY_ID = _locking(Account.id == sa.bindparam("id"))
_OPEN_BY_CODE = _locking(Account.bhxh_code == sa.bindparam("code"), OPEN)


def lock(session: Session, account_id: uuid.UUID | None) -> Account | None:
    """Return the account, locked until this transaction ends."""
    return session.scalar(_BY_ID, {"id": account_id}) if account_id else None


def lock_active(session: Session, account_id: uuid.UUID | None) -> Account | None:
    """Return the account, locked, if its holder may sign in."""
    account = lock(session, account_id)
    return account if account is not None and account.status == ACTIVE else None


def lock_open(session: Session, bhxh_code: str) -> Account | None:
    """Return the one account of this person that is not stopped (A1), locked."""
    return session.scalar(_OPEN_BY_CODE, {"code": bhxh_code})


def plain_user_name(name: str) -> str:
    """Return a user name as it was meant (W2): digits without separators, or the name of a member of staff in lower case."""
    number = plain_number(name)
    return number if number.isascii() and number.isdigit() else plain_code(name).lower()


def find(session: Session, name: str) -> Account | None:
    """Return the account for a user name: a BHXH code, a 12-digit personal ID (A1), or a user name of staff."""
    name = plain_user_name(name)
    query = sa.select(Account).where(OPEN).limit(2)
    if name.isascii() and name.isdigit():
        query = query.where((Account.bhxh_code if len(name) == BHXH_CODE_LENGTH else Account.personal_id) == name)
    else:
        query = query.where(Account.username == name)
    accounts = session.scalars(query).all()
    # a personal ID that two accounts claim signs in to neither
    return accounts[0] if len(accounts) == 1 and accounts[0].status in (PENDING, ACTIVE) else None
