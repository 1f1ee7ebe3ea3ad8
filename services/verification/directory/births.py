"""Dates of birth as HGĐ holds them (V7): exact, only the year, or unknown. Older records are odd, and each is one person's matter."""

import re
from dataclasses import dataclass
from datetime import date

_OLDEST_YEAR = 1880
_ADULT_AT = 18
_NUMBERS = re.compile(r"\d+", re.ASCII)
_PACKED = 8


@dataclass(frozen=True)
class Birth:
    """When somebody was born: `day` if HGĐ has the whole date, else only `year`, else neither."""

    year: int | None = None
    day: date | None = None

    @staticmethod
    def exact(day: date) -> "Birth":
        """Return a birth whose whole date is known."""
        return Birth(day.year, day)

    @property
    def text(self) -> str | None:
        """Return it as `1959-03-02` or `1959`; None if unknown."""
        if self.day is not None:
            return self.day.isoformat()
        return f"{self.year:04}" if self.year is not None else None

    def differs_from(self, day: date | None) -> bool:
        """Tell whether it contradicts a date; what is not known contradicts nothing."""
        if day is None or self.year is None:
            return False
        return day != self.day if self.day is not None else day.year != self.year

    def is_adult(self, today: date) -> bool:
        """Tell whether the person is certainly 18 or older; of a year alone, whoever may still be 17 is not."""
        if self.day is not None:
            return (today.year - self.day.year, today.month, today.day) >= (_ADULT_AT, self.day.month, self.day.day)
        return self.year is not None and today.year - self.year > _ADULT_AT


UNKNOWN = Birth()


def parse(value: object, *, today: date) -> Birth:
    """Return the birth that a record of HGĐ gives; whatever cannot be read, or cannot be, is unknown.

    Read are `1959-03-02` (with a time or without), `02/03/1959`, `02031959`, `19590302`, `1959`, and dates with an unknown
    or impossible day or month (`00/00/1959`, `31/02/1959`), of which the year remains.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        return UNKNOWN
    numbers = _NUMBERS.findall(str(value).partition("T")[0])
    if len(numbers) == 1 and len(numbers[0]) == _PACKED:
        return _packed(numbers[0], today)
    years = [number for number in numbers if len(number) == 4]
    if len(years) != 1:
        return UNKNOWN
    place, others = numbers.index(years[0]), [int(number) for number in numbers if len(number) <= 2]
    if len(numbers) >= 3 and place == 0 and len(others) >= 2:
        return _of(int(years[0]), others[0], others[1], today)
    if len(numbers) == 3 and place == 2 and len(others) == 2:
        return _of(int(years[0]), others[1], others[0], today)
    return _of(int(years[0]), 0, 0, today)


def _packed(digits: str, today: date) -> Birth:
    """Read eight digits: year first, or day first. Where both can be a date, neither is believed."""
    read = {
        _of(int(digits[:4]), int(digits[4:6]), int(digits[6:]), today),
        _of(int(digits[4:]), int(digits[2:4]), int(digits[:2]), today),
    } - {UNKNOWN}
    exact = {birth for birth in read if birth.day is not None}
    return next(iter(exact or read)) if len(exact or read) == 1 else UNKNOWN


def _of(year: int, month: int, day: int, today: date) -> Birth:
    if not _OLDEST_YEAR <= year <= today.year:
        return UNKNOWN
    try:
        exact = date(year, month, day)
    except ValueError:
        return Birth(year)
    return Birth.exact(exact) if exact <= today else UNKNOWN
