"""Give registration back which open accounts there are: after its database was restored, or when it first keeps whom they belong to."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from services.accounts.accounts.facts import AccountGivenBack
from services.accounts.accounts.roles import CITIZEN
from services.accounts.accounts.rules import ACTIVE, Account
from services.chassis.bus.outbox import record
from services.chassis.database import Database

_CHUNK = 200
_FIRST = uuid.UUID(int=0)


def give_back(database: Database, since: datetime) -> Iterator[int]:
    """Tell `AccountGivenBack` for each citizen's account that is open and was activated since a moment; yield how many, 200 at a time.

    Safe to repeat.
    """
    after = _FIRST
    told = (Account.role == CITIZEN, Account.status == ACTIVE, Account.activated_at >= since)
    while True:
        chosen = sa.select(Account.id).where(*told, Account.id > after).order_by(Account.id).limit(_CHUNK)
        with database.read() as session:
            ids = session.scalars(chosen).all()
        for id_ in ids:
            # one at a time, and locked: its revision is the newest that was told
            with database.write() as session:
                account = session.scalar(
                    sa.select(Account).where(Account.id == id_, Account.status == ACTIVE).with_for_update()
                )
                if account is not None:
                    record(session, _fact(account), revision=account.revision, correlation_id=str(id_))
        if not ids:
            return
        after = ids[-1]
        yield len(ids)


def _fact(account: Account) -> AccountGivenBack:
    return AccountGivenBack(
        account_id=str(account.id), bhxh_code=account.bhxh_code or "", full_name=account.full_name, contact=account.contact
    )
