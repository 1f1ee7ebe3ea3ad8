"""Numbers that people quote: prefix and ``yymmdd-NNNNNN-c`` (date in Vietnam, serial of the day, Luhn check digit over both).

The millionth serial of a day and those after it have seven digits, up to nine: at 11,000 a second a day is over first (decision 33).

The check digit catches every single wrong digit and nearly every swapped pair, so a typing error is reported as one instead of
as "not found".

Serials are leased in blocks: one row a day is the counter, and 400 intakes a second would queue behind its lock. A lease is
a transaction of its own, so that no rolled back intake gives a block to two processes; serials left in a block when its
process stops are not used.
"""

import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.calendar import VIETNAM
from services.chassis.database import Database
from services.chassis.errors import Transient

LARGEST_SERIAL = 999_999_999
_PLAIN = re.compile(r"([0-9]{6})-([0-9]{6}|[1-9][0-9]{6,8})-([0-9])", re.ASCII)


def check_digit(digits: str) -> str:
    """Compute the Luhn digit that follows ``digits`` (ISO/IEC 7812-1 annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def day_of(moment: datetime) -> str:
    """Return the date in Vietnam as yymmdd."""
    return f"{moment.astimezone(VIETNAM):%y%m%d}"


@dataclass(frozen=True)
class Form:
    """Format of one kind of number. ``prefix`` precedes it (``PA-``), or is empty."""

    prefix: str = ""

    def number(self, day: str, serial: int) -> str:
        """Format the ``serial``-th number of ``day`` (yymmdd)."""
        return f"{self.prefix}{day}-{serial:06d}-{check_digit(f'{day}{serial:06d}')}"

    def fits(self, text: str) -> bool:
        """Tell whether ``text`` has this format and a correct check digit."""
        match = _PLAIN.fullmatch(text, len(self.prefix)) if text.startswith(self.prefix) else None
        return match is not None and check_digit(match[1] + match[2]) == match[3]


def counters_in(metadata: sa.MetaData) -> sa.Table:
    """Return the table ``number_counters`` of a service, whose migrations create it."""
    return sa.Table(
        "number_counters",
        metadata,
        sa.Column("day", sa.Text(), primary_key=True),
        sa.Column("taken", sa.Integer(), nullable=False),
    )


def _no_op(_session: Session, _day: str, _last: int) -> None:
    """Nobody wants to know."""


class Serials:
    """Allocates numbers to this process, leasing ``block`` at a time from ``counters``.

    ``take`` must not be called inside a transaction (it may need its own).

    :param on_lease: called in the transaction of each lease, with the day and the last serial of the block.
    """

    def __init__(
        self,
        database: Database,
        form: Form,
        counters: sa.Table,
        *,
        block: int,
        on_lease: Callable[[Session, str, int], None] = _no_op,
    ) -> None:
        self._database = database
        self._on_lease = on_lease
        self._form = form
        self._counters = counters
        self._block = block
        self._lock = threading.Lock()
        self._day = ""
        self._free: deque[int] = deque()

    def take(self) -> str:
        """Allocate a number that nobody else gets.

        :raises Transient: when all serials of the day are used.
        """
        day = day_of(clock.now())
        with self._lock:  # held while a block is leased: whoever waits here would only lease a second one
            if day != self._day:
                self._day, self._free = day, deque()
            if not self._free:
                self._free.extend(self._lease(day))
            return self._form.number(day, self._free.popleft())

    def give_back(self, number: str) -> None:
        """Return an unused number for the next caller."""
        day, serial, _ = number.removeprefix(self._form.prefix).split("-")
        with self._lock:
            if day == self._day:
                self._free.appendleft(int(serial))

    def _lease(self, day: str) -> range:
        insert = postgresql.insert if self._database.is_postgresql else sqlite.insert
        counters = self._counters
        lease = (
            insert(counters)
            .values(day=day, taken=self._block)
            .on_conflict_do_update(index_elements=["day"], set_={"taken": counters.c.taken + self._block})
            .returning(counters.c.taken)
        )
        with self._database.write() as session:
            last = session.execute(lease).scalar_one()
            self._on_lease(session, day, min(last, LARGEST_SERIAL))
        serials = range(last - self._block + 1, min(last, LARGEST_SERIAL) + 1)
        if not serials:
            raise Transient("all numbers of the day are used")
        return serials
