"""Work out a legal clock's moments: when it is warned of, when it runs out, when the director hears of it (N, 2659). Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from services.chassis.calendar import VIETNAM, Calendar, LegalClock, day_in_vietnam, legal_clock, legal_deadline

#: an office reads its mail when the working day begins
_MORNING = time(8, tzinfo=VIETNAM)


@dataclass(frozen=True)
class Terms:
    """How long before the end the office is warned, and how long after it the director is told, by the settings (`Settings.terms`).

    ``warning_share``: of a clock of minutes, how much has gone by then; ``warning_days``: of a clock of working days, the
    last so many, of which the first is the day of the warning.
    """

    warning_share: float
    warning_days: int
    director_after: timedelta

    def due_at(self, started_at: datetime, route: str, filing: str, calendar: Callable[[], Calendar]) -> datetime:
        """Return when the clock of a dossier runs out that was complete at that moment."""
        return legal_deadline(legal_clock(route, filing), started_at, calendar)

    def warn_at(
        self, started_at: datetime, due_at: datetime, route: str, filing: str, calendar: Callable[[], Calendar]
    ) -> datetime:
        """Return when the office is warned: between the start of the clock and its end."""
        if legal_clock(route, filing) is LegalClock.FIFTEEN_MINUTES:
            return started_at + (due_at - started_at) * self.warning_share
        day = day_in_vietnam(calendar().warning(due_at, self.warning_days))
        return max(started_at, datetime.combine(day, _MORNING))
