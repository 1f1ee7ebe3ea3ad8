"""Working days of Vietnam's public offices: what the clocks of F7 count in.

Monday to Friday without public holidays (`holidays`), corrected by the dated table `holidays` of the database: the Government moves
single days by decision each autumn, later than any library's release, and an office may have to close for a storm. The table
begins with data/holidays.csv; `vss complaints holidays import` changes it. A date that has been told to a citizen is not moved
by a later correction: due dates are worked out once, when their clock starts.

A period of days begins on the day after the event and ends at midnight of its last working day, Vietnam's time (Civil Code 2015,
articles 147 and 148).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays
import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.calendar import VIETNAM

OFF, WORK = "off", "work"

table = sa.Table(
    "holidays",
    sa.MetaData(),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
)

_CORRECTIONS = sa.select(table.c.day, table.c.kind)


@dataclass(frozen=True)
class Calendar:
    """Which days are worked. ``corrections``: dates that differ from the library's rule, True for a day that is worked."""

    corrections: frozenset[tuple[date, bool]] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on ``day``."""
        days = _working_days(day.year, self.corrections)
        place = bisect_right(days, day)
        return place > 0 and days[place - 1] == day

    def after(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day``, which itself is not counted; ``day`` for 0.

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
        """How many working days lie after the one day, up to and with the other; 0 if that is not later."""
        if until <= after:
            return 0
        between = sum(len(_working_days(year, self.corrections)) for year in range(after.year, until.year))
        return between + self._place(until) - self._place(after)

    def deadline(self, start: datetime, count: int) -> datetime:
        """When a clock of ``count`` working days runs out that something at ``start`` has started: midnight, Vietnam's time."""
        return _midnight_after(self.after(start.astimezone(VIETNAM).date(), count))

    def postpone(self, deadline: datetime, count: int) -> datetime:
        """A deadline, ``count`` working days later."""
        return _midnight_after(self.after(_last_day(deadline), count))

    def warning(self, deadline: datetime, count: int) -> datetime:
        """When the last ``count`` working days before a deadline begin (1: the morning, 00:00, of the last day)."""
        day = _last_day(deadline)
        while count > 1 or not self.is_working_day(day):
            count -= self.is_working_day(day)
            day -= timedelta(days=1)
        return datetime.combine(day, time(), VIETNAM)

    def _place(self, day: date) -> int:
        """How many working days its year has up to and with ``day``."""
        return bisect_right(_working_days(day.year, self.corrections), day)


def calendar(session: Session) -> Calendar:
    """The calendar as it stands now, corrections of the database included."""
    return Calendar(frozenset((day, kind == WORK) for day, kind in session.execute(_CORRECTIONS)))


def corrected(corrections: Mapping[date, str]) -> Calendar:
    """A calendar with corrections at hand: date → `OFF` or `WORK`."""
    return Calendar(frozenset((day, kind == WORK) for day, kind in corrections.items()))


@lru_cache(maxsize=256)
def _working_days(year: int, corrections: frozenset[tuple[date, bool]]) -> tuple[date, ...]:
    """All working days of a year, in order."""
    rule = holidays.country_holidays("VN", years=year)
    moved = dict(corrections)
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    return tuple(day for day in days if day.year == year and moved.get(day, rule.is_working_day(day)))


def _last_day(deadline: datetime) -> date:
    """The last day of a period that ends at midnight."""
    return (deadline.astimezone(VIETNAM) - timedelta(microseconds=1)).date()


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), VIETNAM)
