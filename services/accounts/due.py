"""What time brings: passwords nearly too old (A4), signing keys to replace, rows that say nothing any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts import signing
from services.accounts.device import DeviceSession
from services.accounts.model import IS_ACTIVE, Account
from services.accounts.otp import Otp
from services.accounts.settings import Settings, settings_of
from services.accounts.signing import SigningKey
from services.accounts.throttle import Throttle
from services.chassis import clock
from services.chassis.resources import Resources
from services.chassis.sweeps import Sweep

#: codes and ended sessions are kept for questions about misuse, then forgotten
_CODES_KEPT, _SESSIONS_KEPT = timedelta(days=1), timedelta(days=180)


def sweeps(resources: Resources[Settings]) -> list[Sweep]:
    """The due dates of accounts."""
    settings = settings_of(resources)
    found = [
        Sweep("remind_of_password", nearly_too_old(settings), _remind(settings), every_seconds=3600),
        Sweep("forget_codes", _old_codes, _delete, every_seconds=3600),
        Sweep("forget_throttles", _old_throttles, _delete, every_seconds=3600),
        Sweep("forget_sessions", _old_sessions, _delete, every_seconds=86_400),
    ]
    if settings.signing_key is None:
        found += [
            Sweep("replace_signing_key", old_keys(settings), _replace, every_seconds=3600),
            Sweep("forget_signing_keys", outlived_keys(settings), _delete, every_seconds=3600),
        ]
    return found


def nearly_too_old(settings: Settings) -> Callable[[datetime], sa.Select[Any]]:
    """A4: chosen passwords that expire within the days of the reminder, and whose owner was not told yet."""
    age = timedelta(days=settings.password_max_age_days - settings.password_reminder_days)

    def due(now: datetime) -> sa.Select[Any]:
        return sa.select(Account).where(
            IS_ACTIVE, ~Account.must_change, Account.reminded_at.is_(None), Account.password_set_at <= now - age
        )

    return due


def _remind(settings: Settings) -> Callable[[Session, Any], None]:
    return lambda session, account: account.remind(session, settings, now=clock.now())


def old_keys(settings: Settings) -> Callable[[datetime], sa.Select[Any]]:
    """The newest key, once it is old enough to be replaced."""
    age = timedelta(days=settings.signing_key_days)
    return lambda now: sa.select(SigningKey).where(SigningKey.replaced_at.is_(None), SigningKey.created_at <= now - age)


def outlived_keys(settings: Settings) -> Callable[[datetime], sa.Select[Any]]:
    """Keys whose last token has ended."""
    return lambda now: sa.select(SigningKey).where(SigningKey.replaced_at <= signing.outlived(settings, now))


def _replace(session: Session, key: SigningKey) -> None:
    signing.rotate(session, key, clock.now())


def _old_codes(now: datetime) -> sa.Select[Any]:
    return sa.select(Otp).where(Otp.expires_at <= now - _CODES_KEPT)


def _old_throttles(now: datetime) -> sa.Select[Any]:
    return sa.select(Throttle).where(Throttle.until <= now)


def _old_sessions(now: datetime) -> sa.Select[Any]:
    return sa.select(DeviceSession).where(DeviceSession.used_at <= now - _SESSIONS_KEPT)


def _delete(session: Session, row: Any) -> None:
    session.delete(row)
    session.flush()
