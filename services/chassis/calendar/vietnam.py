"""Vietnam's time zone and dates."""

from datetime import date, datetime, timedelta, timezone

from services.chassis import clock

#: the same all year, everywhere in the country, since 1975
VIETNAM = timezone(timedelta(hours=7))


def day_in_vietnam(moment: datetime) -> date:
    """Return the date that a clock in Vietnam shows at ``moment``."""
    return moment.astimezone(VIETNAM).date()


def today_in_vietnam() -> date:
    """Return today's date in Vietnam."""
    return day_in_vietnam(clock.now())
