"""Delete what is kept of sign-ins after SIGN_INS_DAYS, and of names that nobody has after a day."""

from datetime import timedelta

import sqlalchemy as sa

from services.accounts.settings import Settings
from services.accounts.sign_ins.rules import SignInRecord
from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep

_NOBODYS = timedelta(days=1)


def sweeps(resources: Resources[Settings]) -> list[Sweep]:
    """Return both sweeps."""
    kept = timedelta(days=resources.settings.sign_ins_days)
    return [
        Sweep(
            "forget_sign_ins",
            lambda now: sa.select(SignInRecord).where(SignInRecord.at <= now - kept),
            lambda session, old: session.delete(old),
            limit=Limit.RECORDS,
            every_seconds=3600,
        ),
        Sweep(
            "forget_sign_ins_of_nobody",
            lambda now: sa.select(SignInRecord).where(SignInRecord.account_id.is_(None), SignInRecord.at <= now - _NOBODYS),
            lambda session, old: session.delete(old),
            limit=Limit.RECORDS,
            every_seconds=3600,
        ),
    ]
