"""Tell of staff from before `staff_assigned`, once each (N)."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.accounts.lookup import IS_STAFF
from services.accounts.accounts.rules import Account
from services.accounts.staff.rules import tell_assignment
from services.chassis.sweeps import Limit, Sweep


def _untold(_now: datetime) -> sa.Select[Any]:
    return sa.select(Account).where(IS_STAFF, Account.assignment_told_at.is_(None))


def _tell(_session: Session, account: Account) -> None:
    tell_assignment(account)


sweeps = (Sweep("tell_assignments", _untold, _tell, limit=Limit.NONE, every_seconds=60),)
