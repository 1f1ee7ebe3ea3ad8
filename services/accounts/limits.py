"""Which throttles stand before what, and how each says no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from services.accounts import problems, throttle
from services.accounts.model import Account
from services.accounts.settings import Settings
from services.accounts.throttle import Rule, TooMany
from services.chassis.observe.logs import get_logger

log = get_logger(__name__)

_DAY, _MONTH = 86_400, 30 * 86_400


def name_rule(settings: Settings) -> Rule:
    """Wrong passwords for one name; then it is locked. Stands in for the captcha of A6 too."""
    return Rule("password:name", settings.lockout_tries, settings.lockout_seconds, settings.lockout_seconds)


def address_rule(settings: Settings) -> Rule:
    """Failures from one client address, whatever the names."""
    return Rule("address", settings.address_tries, settings.lockout_seconds, settings.lockout_seconds)


def person(account: Account | None, name: str) -> str:
    """Whom tries count for: the person, by whichever name; or a name that nobody has."""
    return f"account:{account.id}" if account else f"name:{name.strip().lower()}"


@contextmanager
def refusing() -> Iterator[None]:
    """Turn `TooMany` into its 429."""
    try:
        yield
    except TooMany as error:
        # no account_id here: a name that nobody has is refused in the same way
        log.warning("throttled", kind=error.rule.name, retry_after_seconds=error.retry_after)
        said = {"reset": problems.too_many_resets, "otp": problems.too_many_codes}
        raise said.get(error.rule.name.partition(":")[0], problems.locked)(error.retry_after) from None


def take_code(session: Session, account: Account, settings: Settings, now: datetime) -> None:
    """One more code for this person."""
    throttle.take(session, Rule("otp:hour", settings.otps_per_hour, 3600), str(account.id), now)


def take_reset(session: Session, who: str, settings: Settings, now: datetime) -> None:
    """One more reset for this person (A8)."""
    throttle.take(session, Rule("reset:day", settings.resets_per_day, _DAY), who, now)
    throttle.take(session, Rule("reset:month", settings.resets_per_month, _MONTH), who, now)
