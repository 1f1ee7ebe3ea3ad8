"""Numbers given out after the backup: noted as blocks are leased, and leapt over after a restore."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.database import ServiceSession
from services.chassis.errors import StartUpError
from services.chassis.recovery import Recovery, Step, ledger
from services.chassis.serials import LARGEST_SERIAL, day_of

#: the ledger's entry for a leased block: `261127-300`, the day and its last serial
LEASED = "serial"
#: far more than can have been leased without a note of it
_LEAP = 100_000


def note_lease(session: Session, day: str, last: int) -> None:
    """Have the ledger know how far the serials of a day have come."""
    ledger.note(session, LEASED, f"{day}-{last}")


def leap(counters: sa.Table) -> Step:
    """Return the step that moves the counters of today and tomorrow beyond everything anybody has seen.

    To the next multiple of 100,000 after the highest serial that database or ledger know of.
    """
    return Step("counters moved", _leaping(counters))


def _leaping(counters: sa.Table) -> Callable[[ServiceSession, Recovery], int]:
    def act(session: ServiceSession, recovery: Recovery) -> int:
        known = {row.day: row.taken for row in session.execute(sa.select(counters))}
        noted = [entry.number.split("-") for entry in recovery.noted({LEASED})]
        days = _days(recovery.now, (day for day, _last in noted))
        for day in days:
            highest = max([known.get(day, 0), *(int(last) for noted_day, last in noted if noted_day == day)])
            taken = (highest // _LEAP + 1) * _LEAP
            if taken > LARGEST_SERIAL:
                raise StartUpError(f"The numbers of {day} do not suffice for another leap. Start the service tomorrow.")
            change = sa.update(counters).where(counters.c.day == day) if day in known else sa.insert(counters)
            session.execute(change.values(day=day, taken=taken))
        return len(days)

    return act


def _days(now: datetime, noted: Iterable[str]) -> list[str]:
    """Today and tomorrow (hosts' clocks differ), and later days that were noted; earlier ones give out no numbers."""
    today = day_of(now)
    return sorted({today, day_of(now + timedelta(days=1)), *(day for day in noted if day > today)})
