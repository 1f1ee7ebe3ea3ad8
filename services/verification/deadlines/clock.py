"""The legal clock of a case: it runs while a complete dossier waits for us, whether or not anybody has opened it (N, 2659).

It stands while something is missing, and while the person has been asked something (V7, V15, I12). A due date is computed
once, when the clock starts: a later correction of the calendar never moves it (W1).
"""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Mapped, mapped_column

from services.chassis import clock
from services.chassis.calendar import calendar_of
from services.chassis.database import Instant
from services.chassis.resources import settings_of
from services.verification.cases.papers import Papers
from services.verification.cases.statuses import CHECKING, IDENTITY_IN_USE, IDENTITY_UNPROVED, NEW, RECEIVED, WAITING
from services.verification.settings import Settings

#: whom a running clock was told to last: nobody, the office as a warning, the office, its director
UNTOLD, WARNED, OFFICE_TOLD, DIRECTOR_TOLD = LEVELS = range(4)
#: a complete dossier in one of these waits for us: for an officer, or for HGĐ's answer. Whoever has to come after all, because
#: a letter proved nothing (I12), is what its dossier lacks
RUNNING: Final = (NEW, RECEIVED, CHECKING, IDENTITY_UNPROVED)


class Clocked(Papers):
    """The part of a case that is about time."""

    #: when an officer last corrected the form: an older form, and its signature, are void (V3)
    corrected_at: Mapped[datetime | None] = mapped_column(Instant())
    hgd_at: Mapped[datetime | None] = mapped_column(Instant())
    #: from when the running clock counts; None while it stands
    clock_started_at: Mapped[datetime | None] = mapped_column(Instant())
    #: when it runs out
    due_at: Mapped[datetime | None] = mapped_column(Instant())
    #: when somebody is to be told next; None while the clock stands, and after the last level
    alert_at: Mapped[datetime | None] = mapped_column(Instant())
    #: one of `LEVELS`; None in rows of an earlier release, as UNTOLD
    alert_level: Mapped[int | None]

    def take_stock(self) -> None:
        """Record whether anything is missing, and start or stop the clock."""
        super().take_stock()
        self.set_clock()

    def set_clock(self) -> None:
        """Start the legal clock, or stop it, as status and papers say. Call it after every change of either."""
        started_at = self._running_since()
        if started_at == self.clock_started_at:
            return
        self.clock_started_at, self.alert_level = started_at, UNTOLD
        if started_at is None:
            self.due_at = self.alert_at = None
            return
        terms, filed = settings_of(self.session, Settings).terms, (self.route, self.filing)
        self.due_at = terms.due_at(started_at, *filed, lambda: calendar_of(self.session))
        self.alert_at = terms.warn_at(started_at, self.due_at, *filed, lambda: calendar_of(self.session))

    @property
    def late(self) -> bool:
        """Tell whether the clock has run out while nothing is decided."""
        return self.due_at is not None and self.due_at <= clock.now()

    @property
    def _is_corrected(self) -> bool:
        """Tell whether what stood against it was corrected since, so that an officer has to assess it again (V7, V15)."""
        if self.status not in WAITING or self.corrected_at is None:
            return False
        in_use = self.status == IDENTITY_IN_USE
        return self.hgd_at is None or (in_use and self.corrected_at > self.hgd_at)

    def _running_since(self) -> datetime | None:
        """Return from when the clock counts; None if it stands."""
        if self.status not in RUNNING and not self._is_corrected:
            return None
        complete_at = self.complete_at
        if complete_at is None or self.status in RUNNING or self.corrected_at is None:
            return complete_at
        return max(complete_at, self.corrected_at)
