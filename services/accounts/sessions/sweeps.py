"""Delete sessions half a year after their last use, sign-ins after SIGN_INS_DAYS; until then they help investigate misuse."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from services.accounts.retention import NOBODYS_SIGN_INS, SESSIONS
from services.accounts.sessions.rules import DeviceSession
from services.accounts.settings import Settings
from services.accounts.sign_ins.rules import SignInRecord
from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep


def sweeps(resources: Resources[Settings]) -> list[Sweep]:
    """Return the sweeps of sessions, and of sign-ins with and without an account."""
    kept = timedelta(days=resources.settings.sign_ins_days)
    nobodys = sa.select(SignInRecord).where(SignInRecord.account_id.is_(None))
    return [
        _forgetting("sessions", sa.select(DeviceSession), DeviceSession.used_at, SESSIONS.period, every_seconds=86_400),
        _forgetting("sign_ins", sa.select(SignInRecord), SignInRecord.at, kept),
        _forgetting("sign_ins_of_nobody", nobodys, SignInRecord.at, NOBODYS_SIGN_INS.period),
    ]


def _forgetting(what: str, rows: sa.Select[Any], at: Any, kept: timedelta, every_seconds: float = 3600) -> Sweep:
    return Sweep(
        f"forget_{what}",
        lambda now: rows.where(at <= now - kept),
        lambda session, old: session.delete(old),
        limit=Limit.RECORDS,
        every_seconds=every_seconds,
    )
