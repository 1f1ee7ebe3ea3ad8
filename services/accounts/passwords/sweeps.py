"""Remind people of passwords that expire soon (A4)."""

from datetime import timedelta

import sqlalchemy as sa

from services.accounts.accounts.lookup import IS_ACTIVE
from services.accounts.accounts.rules import Account
from services.accounts.settings import Settings
from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep


def sweeps(resources: Resources[Settings]) -> list[Sweep]:
    """Return the sweep that reminds holders of a password that expires within PASSWORD_REMINDER_DAYS, once per password."""
    settings = resources.settings
    age = timedelta(days=settings.password_max_age_days - settings.password_reminder_days)
    not_reminded = sa.select(Account).where(IS_ACTIVE, ~Account.must_change, Account.reminded_at.is_(None))
    return [
        Sweep(
            "remind_of_password",
            lambda now: not_reminded.where(Account.password_set_at <= now - age),
            lambda _session, account: account.remind_of_expiry(settings),
            limit=Limit.PEOPLE,
            # often, so that a round has only those of the last minute: more at once look like a mistake
            every_seconds=60,
        )
    ]
