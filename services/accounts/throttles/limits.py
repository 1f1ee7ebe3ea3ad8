"""Rate limits per action, and whom they count for."""

from services.accounts.accounts.lookup import plain_user_name
from services.accounts.accounts.rules import Account
from services.accounts.schema import Base
from services.accounts.settings import Settings
from services.accounts.throttles.refusals import too_many_codes, too_many_resets, too_many_tries
from services.chassis.web.throttles import Counted, Limit, forgetting


class Throttle(Counted, Base):
    """What somebody has tried within a window of time."""

    __tablename__ = "throttles"


sweeps = (forgetting(Throttle),)

_HOUR, _DAY, _MONTH = 3600, 86_400, 30 * 86_400


def wrong_passwords(settings: Settings) -> Limit:
    """Limit wrong passwords for one person; then the name is locked. Also stands in for the captcha of A6."""
    return Limit(
        Throttle, "password:name", settings.lockout_tries, settings.lockout_seconds, too_many_tries, settings.lockout_seconds
    )


def failures_from_address(settings: Settings) -> Limit:
    """Limit failures from one client address, for any names."""
    return Limit(
        Throttle, "address", settings.address_tries, settings.lockout_seconds, too_many_tries, settings.lockout_seconds
    )


def codes(settings: Settings) -> Limit:
    """Limit one-time codes sent to one person, resets not counted."""
    return Limit(Throttle, "otp:hour", settings.otps_per_hour, _HOUR, too_many_codes)


def resets(settings: Settings) -> tuple[Limit, Limit]:
    """Limit one person's resets, per day and per month (A8)."""
    return (
        Limit(Throttle, "reset:day", settings.resets_per_day, _DAY, too_many_resets),
        Limit(Throttle, "reset:month", settings.resets_per_month, _MONTH, too_many_resets),
    )


def subject_of(account: Account | None, name: str = "") -> str:
    """Return whom attempts count against: the person, whichever name was used; or an unknown name."""
    return f"account:{account.id}" if account else f"name:{plain_user_name(name)}"
