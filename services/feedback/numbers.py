"""Complaint numbers: ``PA-yymmdd-NNNNNN-c`` ("phản ánh"): Vietnam's date, a serial of that day, and a Luhn check digit over both.

The check digit catches each single wrong digit and nearly every pair of digits swapped, so that a typing error is told as
such instead of as "no such complaint".

Serials are leased in blocks: one row a day is the counter, and all intakes would queue behind its lock. A lease is
a transaction of its own, so that no rolled back intake gives a block to two processes; serials left in a block when its
process stops are not used.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from services.chassis import clock
from services.chassis.database import Database
from services.chassis.errors import Transient
from services.chassis.web.fields import VIETNAM
from services.feedback.complaint_row import metadata

LARGEST_SERIAL = 999_999
_FORM = re.compile(r"PA-([0-9]{6})-([0-9]{6})-([0-9])", re.ASCII)

counters = sa.Table(
    "number_counters",
    metadata,
    sa.Column("day", sa.Text(), primary_key=True),
    sa.Column("taken", sa.Integer(), nullable=False),
)


def check_digit(digits: str) -> str:
    """The Luhn digit that follows ``digits`` (ISO/IEC 7812-1 annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def complaint_no(day: str, serial: int) -> str:
    """The number of the ``serial``-th complaint of ``day`` (yymmdd)."""
    digits = f"{day}{serial:06d}"
    return f"PA-{day}-{serial:06d}-{check_digit(digits)}"


def is_complaint_no(text: str) -> bool:
    """Whether ``text`` is written like a complaint number and its check digit is right."""
    match = _FORM.fullmatch(text)
    return match is not None and check_digit(match[1] + match[2]) == match[3]


def day_of(moment: datetime) -> str:
    """The date in Vietnam, as numbers write it."""
    return f"{moment.astimezone(VIETNAM):%y%m%d}"


class Numbers:
    """Gives this process its complaint numbers. ``take`` must not be called inside a transaction (it may need its own)."""

    def __init__(self, database: Database, *, block: int) -> None:
        self._database = database
        self._block = block
        self._lock = threading.Lock()
        self._day = ""
        self._free: deque[int] = deque()

    def take(self) -> str:
        """A number that nobody else gets.

        :raises Transient: when all serials of the day are used.
        """
        day = day_of(clock.now())
        with self._lock:  # held while a block is leased: whoever waits here would only lease a second one
            if day != self._day:
                self._day, self._free = day, deque()
            if not self._free:
                self._free.extend(self._lease(day))
            return complaint_no(day, self._free.popleft())

    def give_back(self, number: str) -> None:
        """A number taken and surely not used: the next one may have it."""
        with self._lock:
            if number.startswith(f"PA-{self._day}-"):
                self._free.appendleft(int(number[10:16]))

    def _lease(self, day: str) -> range:
        insert = postgresql.insert if self._database.is_postgresql else sqlite.insert
        lease = (
            insert(counters)
            .values(day=day, taken=self._block)
            .on_conflict_do_update(index_elements=["day"], set_={"taken": counters.c.taken + self._block})
            .returning(counters.c.taken)
        )
        with self._database.write() as session:
            last = session.execute(lease).scalar_one()
        serials = range(last - self._block + 1, min(last, LARGEST_SERIAL) + 1)
        if not serials:
            raise Transient("all complaint numbers of the day are used")
        return serials
