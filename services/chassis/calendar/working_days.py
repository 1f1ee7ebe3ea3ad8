"""Working days of Vietnam's public offices: Monday to Friday without public holidays, corrected by a dated list.

The Government moves single days by decision each autumn, later than any release of the library `holidays`, and an office may
have to close for a storm; `holidays.py` keeps those corrections.

A period of days begins on the day after the event and ends at midnight of its last working day, Vietnam's time (Civil Code
2015, articles 147 and 148).
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from services.chassis.calendar.vietnam import VIETNAM, day_in_vietnam


@dataclass(frozen=True)
class Calendar:
    """Which days are worked. ``corrections``: days that differ from the library's rule; True for a day that is worked."""

    corrections: frozenset[tuple[date, bool]] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Return whether offices work on ``day``."""
        days = _working_days(day.year, self.corrections)
        place = bisect_right(days, day)
        return place > 0 and days[place - 1] == day

    def after(self, day: date, count: int) -> date:
        """Return the ``count``-th working day after ``day``, which itself is not counted; ``day`` for 0.

        :raises ValueError: for a negative count.
        """
        if count < 0:
            raise ValueError("working days are counted forwards")
        if count == 0:
            return day
        year = day.year
        while True:
            days = _working_days(year, self.corrections)
            left = days[bisect_right(days, day) :]
            if count <= len(left):
                return left[count - 1]
            count -= len(left)
            year += 1

    def count(self, after: date, until: date) -> int:
        """Count the working days after one day, up to and including the other; 0 if that is not later."""
        if until <= after:
            return 0
        between = sum(len(_working_days(year, self.corrections)) for year in range(after.year, until.year))
        return between + self._rank(until) - self._rank(after)

    def deadline(self, start: datetime, count: int) -> datetime:
        """Return when a clock of ``count`` working days started at ``start`` runs out: midnight, Vietnam's time."""
        return end_of(self.after(day_in_vietnam(start), count))

    def last_day(self, start: datetime, days: int) -> date:
        """Return the last day of a period of calendar days that begins on the day after ``start``.

        Where the last one is no working day, the period ends with the next working day (Civil Code 2015, article 148.5).
        """
        return self.first_worked_from(day_in_vietnam(start) + timedelta(days=days))

    def first_worked_from(self, day: date) -> date:
        """Return ``day`` itself if offices work on it, otherwise the next working day."""
        return day if self.is_working_day(day) else self.after(day, 1)

    def before(self, day: date, count: int) -> date:
        """Return the ``count``-th working day before ``day``, which itself is not counted; ``day`` for 0."""
        while count:
            day -= timedelta(days=1)
            count -= self.is_working_day(day)
        return day

    def postpone(self, deadline: datetime, count: int) -> datetime:
        """Return a deadline ``count`` working days later."""
        return end_of(self.after(day_ending_at(deadline), count))

    def warning(self, deadline: datetime, count: int) -> datetime:
        """Return when the last ``count`` working days before a deadline begin (1: the morning, 00:00, of the last day)."""
        day = day_ending_at(deadline)
        while count > 1 or not self.is_working_day(day):
            count -= self.is_working_day(day)
            day -= timedelta(days=1)
        return datetime.combine(day, time(), VIETNAM)

    def _rank(self, day: date) -> int:
        """Return how many working days its year has up to and including ``day``."""
        return bisect_right(_working_days(day.year, self.corrections), day)


@lru_cache(maxsize=256)
def _working_days(year: int, corrections: frozenset[tuple[date, bool]]) -> tuple[date, ...]:
    import holidays  # here: a service that counts no working days does not install it

    rule = holidays.country_holidays("VN", years=year)
    moved = dict(corrections)
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    return tuple(day for day in days if day.year == year and moved.get(day, rule.is_working_day(day)))


def day_ending_at(deadline: datetime) -> date:
    """Return the last day of a period in Vietnam: the day before, for a moment at midnight."""
    return day_in_vietnam(deadline - timedelta(microseconds=1))


def end_of(day: date) -> datetime:
    """Return 24:00 of a day in Vietnam: the first instant of the next one."""
    return datetime.combine(day + timedelta(days=1), time(), VIETNAM)
