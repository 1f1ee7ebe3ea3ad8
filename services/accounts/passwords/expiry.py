"""How long a first password is good (A2): until the end of the tenth day after it was made, in Vietnam. Then its holder resets it, or asks at a counter."""

from datetime import datetime, timedelta

from services.chassis import clock
from services.chassis.calendar import day_in_vietnam
from services.chassis.calendar.working_days import end_of


def first_password_until(made_at: datetime, days: int) -> datetime:
    """Return when a first password ends: 24:00 of its last day; the day on which it was made is not counted."""
    return end_of(day_in_vietnam(made_at) + timedelta(days=days))


def is_over(made_at: datetime | None, days: int) -> bool:
    """Tell whether a first password that was made then has ended."""
    return made_at is not None and clock.now() >= first_password_until(made_at, days)
