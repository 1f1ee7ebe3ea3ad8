"""Judge dates of birth on Form 01 (I1). Names and numbers: `chassis.text.people`; what is merely odd: `oddities.py` (I9)."""

from __future__ import annotations

from datetime import date
from typing import Final

import marshmallow as ma

from services.chassis.calendar import today_in_vietnam
from services.chassis.text.bilingual import bilingual

ADULT_YEARS: Final = 18
_OLDEST_YEARS = 130


def date_of_birth(value: date) -> date:
    """Return a date of birth that is not in the future and not longer ago than a human life."""
    today = today_in_vietnam()
    if value > today or today.year - value.year > _OLDEST_YEARS:
        raise ma.ValidationError(bilingual(vi="Ngày sinh không hợp lý.", en="Not a plausible date of birth."))
    return value


def is_child(born: date, on: date | None = None) -> bool:
    """Tell whether the person is under 18 on that day (default: today). Whoever is born on 29 February ages on 1 March."""
    day = on or today_in_vietnam()
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return years < ADULT_YEARS
