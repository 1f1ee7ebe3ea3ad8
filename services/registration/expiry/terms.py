"""Work out the ten days of I6: the last day, its end, when to warn and when to close. Pure."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from services.chassis.calendar import VIETNAM, Calendar, day_in_vietnam, end_of

#: reminders go out over the hours of an office's day, so that they wake nobody and do not all come due at one moment
_DAY_FROM, _DAY_SPREAD = time(8, tzinfo=VIETNAM), timedelta(hours=9)
#: working days that somebody who was received and left, or was asked for a picture, has before the system acts (I6)
PATIENCE_WORKING_DAYS = 10
#: what was received in the last minute before midnight may be on its way for a while
_CLOSE_AFTER = timedelta(minutes=15)


class Term(NamedTuple):
    """The days that one declaration has. ``expires_at``: the first instant after ``last_day``; ``warn_at``: None for no warning."""

    last_day: date
    expires_at: datetime
    warn_at: datetime | None
    #: when the system cancels it and deletes the data: after `expires_at` and `letters_until`, by up to a night
    close_at: datetime
    #: until when an office may record that a letter posted in time has come (I12); None where none is expected
    letters_until: datetime | None = None


@dataclass(frozen=True)
class Terms:
    """How long a declaration waits for the person, as the settings say (`Settings.terms`).

    ``close_spread``: all that end on one day are closed within this time; ``letter_days``: how much longer a letter may be
    on its way that was posted in time (I12).
    """

    days: int
    warning_days: int
    close_spread: timedelta
    letter_days: int

    def begin(self, calendar: Calendar, confirmed_at: datetime, *, about: str, by_post: bool = False) -> Term:
        """Return the term of a declaration confirmed at that moment (I6; Civil Code 2015, articles 147 and 148).

        :param about: the dossier number, by which one day's warnings and endings are spread evenly.
        """
        return self.ending_on(calendar, calendar.last_day(confirmed_at, self.days), about=about, by_post=by_post)

    def ending_on(self, calendar: Calendar, last_day: date, *, about: str, by_post: bool = False) -> Term:
        """Return the term that ends at 24:00 of ``last_day``; ``by_post``: the day by which the letter must be posted."""
        expires_at = end_of(last_day)
        letters_until = end_of(last_day + timedelta(days=self.letter_days)) if by_post else None
        warn_at = by_day(calendar.before(last_day, self.warning_days), about=about) if self.warning_days else None
        spread = _CLOSE_AFTER + _share(about) * self.close_spread if self.close_spread else timedelta(0)
        return Term(last_day, expires_at, warn_at, (letters_until or expires_at) + spread, letters_until)


def by_day(day: date, *, about: str) -> datetime:
    """Return a moment in the working hours of ``day``, always the same for one dossier."""
    return datetime.combine(day, _DAY_FROM) + _share(about) * _DAY_SPREAD


def left_due_at(calendar: Calendar, last_seen: datetime, *, about: str) -> datetime:
    """Return when a dossier that nothing moved since counts as left: by day, after ten whole working days (I6)."""
    return by_day(calendar.after(day_in_vietnam(last_seen), PATIENCE_WORKING_DAYS + 1), about=about)


def _share(about: str) -> float:
    return zlib.crc32(about.encode()) / 2**32
