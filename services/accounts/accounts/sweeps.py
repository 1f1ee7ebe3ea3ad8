"""Claim personal IDs for accounts from before V15, and for those whose other holder was corrected or closed."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from services.accounts.accounts.identities import claim
from services.accounts.accounts.lookup import OPEN
from services.accounts.accounts.rules import STOPPED, Account
from services.chassis.sweeps import Limit, Sweep


def _unclaimed() -> sa.Select[Any]:
    """Select the open accounts whose personal ID no other open account has, and which have not claimed it yet."""
    other = aliased(Account)
    shared = sa.exists().where(
        other.personal_id == Account.personal_id,
        other.id != Account.id,
        other.status != sa.literal_column(f"'{STOPPED}'", sa.Text()),
    )
    return sa.select(Account).where(OPEN, Account.personal_id.is_not(None), Account.unique_id.is_(None), ~shared)


def _claim_own(_session: Session, account: Account) -> None:
    if account.personal_id is not None:
        claim(account, account.personal_id)


sweeps = (Sweep("claim_identities", lambda _now: _unclaimed(), _claim_own, limit=Limit.NONE, every_seconds=60),)
