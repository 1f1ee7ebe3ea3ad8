"""What stands between a mistake and the rows that time takes away: two clocks that agree, and a number of rows that is usual.

One machine whose clock was days ahead used to expire and erase what a thousand people had handed in, within a minute. So whatever
acts because time has passed asks a ``Guard`` first, and is *held* (nothing is done, a metric and a log line say so) when

- ``clock``: this machine's clock and the database's differ by more than CLOCK_TOLERANCE_SECONDS;
- ``rows``: more rows are due at once than its ``Limit`` says, until an operator allows them (``vss sweeps allow``).
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.database import Database
from services.chassis.database.clocks import clock_difference
from services.chassis.errors import Transient
from services.chassis.observe import logs, metrics
from services.chassis.resources import Resources
from services.chassis.sweeps import allowances

_log = logs.get_logger(__name__)

#: a machine that is so far off serves nobody: tokens and one-time codes of others fail here, and its deadlines are not the law's
UNFIT = timedelta(minutes=15)

Due = Callable[[datetime], sa.Select[*tuple[Any, ...]]]


class Limit(Enum):
    """How many rows one round may act on."""

    #: SWEEP_MAX_ROWS: what people handed in, wait for or are told about
    PEOPLE = "people"
    #: SWEEP_MAX_RECORDS: records of past work that nobody misses when their time has come
    RECORDS = "records"
    #: any number: nothing is lost, and much may rightly come due in one moment
    NONE = "none"


class ClockDiffers(Transient):
    """The clocks of this machine and of the database differ by more than is tolerated."""

    safe_to_log = True

    def __init__(self, difference: timedelta) -> None:
        self.difference = difference
        seconds = difference.total_seconds()
        super().__init__(f"clock: {abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} the database's")


class AllowanceSpent(Transient):
    """What an operator had allowed was used up by another process meanwhile."""

    safe_to_log = True


@dataclass(frozen=True)
class Permit:
    """What one round that begins at ``now`` may do: act on up to ``rows`` rows.

    ``allowed``: they are taken from what an operator allowed.
    """

    now: datetime
    rows: int
    allowed: bool = False


class Guard:
    """The guard of one process.

    :param service: whose metrics show what is held.
    """

    def __init__(
        self,
        database: Database,
        service: str,
        *,
        tolerance_seconds: float = 120.0,
        limits: Mapping[Limit, int] | None = None,
    ) -> None:
        self._database = database
        self._tolerance = timedelta(seconds=tolerance_seconds)
        self._limits = dict(limits or {})
        self._counted = metrics.of(service)
        self._held: dict[str, str] = {}

    @classmethod
    def of(cls, resources: Resources[Any]) -> Self:
        """Return the guard that the settings of a process describe."""
        settings = resources.settings
        limits = {Limit.PEOPLE: settings.sweep_max_rows, Limit.RECORDS: settings.sweep_max_records}
        return cls(resources.db, resources.service, tolerance_seconds=settings.clock_tolerance_seconds, limits=limits)

    def moment(self, session: Session) -> datetime:
        """Return the time by which rows are due; asked anew for each transaction, as a clock can jump at any time.

        :raises ClockDiffers: if it cannot be trusted.
        """
        difference = self._difference(session)
        if abs(difference) > self._tolerance:
            raise ClockDiffers(difference)
        return clock.now()

    def check(self) -> str | None:
        """Compare the clocks for the metric and `/readyz`; return what is wrong if this machine should serve nobody."""
        with self._database.read() as session:
            difference = self._difference(session)
        if abs(difference) <= UNFIT:
            return None
        return f"{ClockDiffers(difference)}; correct this machine's clock or the database's (docs/runbooks/clock-differs.md)"

    def _difference(self, session: Session) -> timedelta:
        difference = clock_difference(session) or timedelta(0)
        self._counted.clock_difference_seconds.set(difference.total_seconds())
        return difference

    def permit(self, name: str, limit: Limit, due: Due, *, failing: int = 0) -> Permit:
        """Decide what the round that begins now may do; with 0 rows it is held.

        :param failing: rows that are due and left alone because they failed: they are nothing new.
        :raises ClockDiffers: as ``moment`` does.
        """
        most = self.most(limit) or sys.maxsize
        with self._database.read() as session:
            now = self.moment(session)
            if most == sys.maxsize or self.count(session, due(now), most + failing + 1) <= most + failing:
                self.release(name)
                return Permit(now, most)
            rows = allowances.rows_left(session, name, clock.machine_now())
        if not rows:
            self.hold(name, "rows", limit=most)
            return Permit(now, 0)
        self.release(name)
        return Permit(now, rows, allowed=True)

    def most(self, limit: Limit) -> int | None:
        """Return how many rows one round may act on; None for any number."""
        return self._limits.get(limit)

    @staticmethod
    def count(session: Session, due: sa.Select[*tuple[Any, ...]], at_most: int) -> int:
        """Return how many rows ``due`` selects; no more than ``at_most`` are looked at."""
        some = due.with_only_columns(sa.literal(1), maintain_column_froms=True).order_by(None).limit(at_most).subquery()
        return session.scalar(sa.select(sa.func.count()).select_from(some)) or 0

    def use(self, session: Session, name: str, rows: int) -> None:
        """Take ``rows`` from what an operator allowed, in the transaction that acts on them.

        :raises AllowanceSpent: if others were faster; the transaction is to be rolled back.
        """
        if not allowances.use(session, name, rows):
            raise AllowanceSpent(f"sweep {name}: the rows that were allowed are used up")

    def hold(self, name: str, why: str, **details: Any) -> None:
        """Show that ``name`` is held; logged when it begins and when the reason changes."""
        self.release(name, but=why)
        self._counted.sweep_held[name, why].set(1)
        if self._held.get(name) != why:
            self._held[name] = why
            _log.warning("sweep_held", kind=name, reason=why, **details)

    def release(self, name: str, *, but: str = "") -> None:
        """Show that ``name`` goes on."""
        for why in ("clock", "rows"):
            if why != but:
                self._counted.sweep_held[name, why].set(0)
        if not but and self._held.pop(name, ""):
            _log.info("sweep_goes_on", kind=name)
