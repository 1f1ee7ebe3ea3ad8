"""The period of a report: a week, a month, or any run of days, in Vietnam's time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from services.chassis.calendar import VIETNAM

WEEKLY, MONTHLY = "weekly", "monthly"
KINDS: Final = (WEEKLY, MONTHLY)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both included."""

    first: date
    last: date

    @property
    def begin(self) -> datetime:
        """Return the midnight before the first day."""
        return datetime.combine(self.first, time(), VIETNAM)

    @property
    def end(self) -> datetime:
        """Return the midnight after the last day: the first moment outside the period."""
        return datetime.combine(self.last + _DAY, time(), VIETNAM)

    @property
    def days(self) -> int:
        """Return the number of days."""
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        return f"{self.first:%d/%m/%Y} - {self.last:%d/%m/%Y}"


def containing(kind: str, day: date) -> Period:
    """Return the week (Monday to Sunday) or month that contains a day."""
    if kind == WEEKLY:
        monday = monday_of(day)
        return Period(monday, monday + 6 * _DAY)
    first = day.replace(day=1)
    return Period(first, (first + 31 * _DAY).replace(day=1) - _DAY)


def following(kind: str, period: Period) -> Period:
    """Return the next week or month."""
    return containing(kind, period.last + _DAY)


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def week_name(monday: date) -> str:
    """Return the week's name in ISO 8601: `2026-W47`."""
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}"


def name_of(kind: str, first: date) -> str:
    """Return the name of a week or month in URLs: `2026-W47` or `2026-11`."""
    return week_name(first) if kind == WEEKLY else f"{first:%Y-%m}"


def title_of(kind: str, period: Period) -> str:
    """Return the title for people: `Tuần 47 năm 2026 (…)`."""
    if kind == WEEKLY:
        year, week, _ = period.first.isocalendar()
        return f"Tuần {week} năm {year} ({period})"
    return f"Tháng {period.first.month} năm {period.first.year}"


def first_day(kind: str, name: str) -> date | None:
    """Return the first day of the week or month with this name (`name_of`); None for any other text."""
    try:
        day = date.fromisoformat(f"{name}-1" if kind == WEEKLY else f"{name}-01")
    except ValueError:
        return None
    return day if name_of(kind, day) == name else None
