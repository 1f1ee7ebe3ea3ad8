"""Working days of Vietnam's public offices: Monday to Friday without public holidays (`holidays`), corrected by a dated table.

The Government moves single days by decision each autumn, later than any library's release: `working_days.csv` holds what the
library lacks (2026: 2 January is a day off, and Saturday 10 January is worked instead).
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import holidays

_TABLE = Path(__file__).with_name("working_days.csv")


@cache
def _corrections() -> dict[date, bool]:
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        return {date.fromisoformat(row["date"]): row["kind"] == "work" for row in csv.DictReader(lines)}


@cache
def _calendar() -> holidays.HolidayBase:
    # years are added by itself when a date of one is asked for
    return holidays.country_holidays("VN")


def is_working_day(day: date) -> bool:
    """Whether offices work on `day`."""
    corrected = _corrections().get(day)
    return _calendar().is_working_day(day) if corrected is None else corrected


def after(day: date, count: int) -> date:
    """The `count`-th working day after `day`; `day` itself is not counted (Civil Code 2015, article 147)."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day
