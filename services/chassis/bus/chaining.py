"""Beside the relay, in every service: links for new entries of its histories, a head each day, and a look whether all is whole (V16)."""

import time
from collections.abc import Mapping
from datetime import timedelta

import sqlalchemy as sa

from services.chassis import clock
from services.chassis.bus.outbox import record
from services.chassis.calendar.vietnam import today_in_vietnam
from services.chassis.database import Database
from services.chassis.history.chain import extend, newest
from services.chassis.history.heads import HistoryHeadPublished, heads_of, keep, last_day
from services.chassis.history.verify import verify
from services.chassis.observe.logs import get_logger

log = get_logger(__name__)

EVERY_SECONDS = 10.0
#: the chain may stand still so long before operators hear of it
_STILL_SECONDS = 900.0
_NEWEST_PART = timedelta(days=2)


class Chaining:
    """Extends the chain of one service. Several processes may; one at a time does."""

    def __init__(self, service: str, database: Database, tables: Mapping[str, sa.Table]) -> None:
        self._service = service
        self._database = database
        self._tables = tables
        self._whole_at = time.monotonic()
        self._broken: str | None = None

    def round(self) -> None:
        """Link what is new; tell the head and verify the newest part once a day, by Vietnam's clock."""
        due = self._head_is_due()
        # also what became visible later than everything around it
        linked = self._extend(everything=due)
        if due and linked is not None:
            self._tell_head()
            self._look()
        self._whole_at = time.monotonic()

    def problem(self) -> str | None:
        """Say what is wrong: the chain stands still, or the history is not what it was; None if nothing is."""
        if self._broken is not None:
            return self._broken
        still = time.monotonic() - self._whole_at
        return f"the chain has stood still for {still:.0f} s" if still > _STILL_SECONDS else None

    def _extend(self, *, everything: bool) -> int | None:
        linked = 0
        while True:
            with self._database.write() as session:
                count = extend(session, self._tables, everything=everything)
            if count is None:
                return None
            linked += count
            if count == 0:
                return linked

    def _head_is_due(self) -> bool:
        with self._database.read() as session:
            told = last_day(session, self._service)
        return told is None or told < today_in_vietnam()

    def _tell_head(self) -> None:
        with self._database.write() as session:
            last = newest(session)
            head = HistoryHeadPublished(day=today_in_vietnam(), position=last.position, hash=last.hash, at=clock.now())
            keep(session, self._service, head)
            record(session, head)

    def _look(self) -> None:
        with self._database.read() as session:
            heads = heads_of(session, self._service, said_by=self._service)
            verdict = verify(session, self._tables, heads, since=clock.now() - _NEWEST_PART)
        if verdict.whole:
            self._broken = None
            return
        first = verdict.faults[0]
        log.error("history_broken", kind=first.what, position=first.position, count=len(verdict.faults))
        self._broken = f"the history was {first.what} (vss history verify)"
