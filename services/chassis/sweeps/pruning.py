"""Deleting records of past work when they are old: many at a time, without looking at each.

::

    FORGET = Pruning("forget_responses", lambda now: sa.select(table.c.key_hash).where(table.c.answered_at < now - KEPT_FOR))
"""

import threading
from dataclasses import dataclass

import sqlalchemy as sa

from services.chassis.database import Database
from services.chassis.observe import logs
from services.chassis.periodic import Periodic
from services.chassis.sweeps.guard import AllowanceSpent, ClockDiffers, Due, Guard, Limit, Permit

_log = logs.get_logger(__name__)


@dataclass(frozen=True)
class Pruning:
    """Records that are deleted ``chunk`` rows a transaction, with a pause between, so that work goes on beside it.

    :param old: selects the key (one column) of what is old at a moment.
    :param limit: how many a round may delete before an operator has looked; none where strangers make the records and nothing is lost.
    """

    name: str
    old: Due
    every_seconds: float = 3600.0
    limit: Limit = Limit.RECORDS
    chunk: int = 1_000
    pause_seconds: float = 0.05

    def run(self, database: Database, guard: Guard, stopping: threading.Event | None = None) -> int:
        """Delete what is old now, unless it is held. Return how many rows were deleted."""
        try:
            permit = guard.permit(self.name, self.limit, self.old)
            if permit.allowed:
                with database.write() as session:
                    guard.use(session, self.name, permit.rows)
        except ClockDiffers as differs:
            guard.hold(self.name, "clock", difference_seconds=differs.difference.total_seconds())
            return 0
        except AllowanceSpent:
            return 0
        if not permit.rows:
            return 0
        deleted = self._delete(database, permit, stopping or threading.Event())
        if deleted:
            _log.info("pruned", kind=self.name, count=deleted)
        return deleted

    def _delete(self, database: Database, permit: Permit, stopping: threading.Event) -> int:
        """Delete what was old when the round began; leaves rows that somebody has locked. Return how many."""
        old = self.old(permit.now)
        (key,) = old.selected_columns
        chosen = old.limit(sa.bindparam("most", type_=sa.Integer())).with_for_update(skip_locked=True).cte("old")
        forget = sa.delete(key.table).where(key.in_(sa.select(chosen))).returning(key)
        deleted = 0
        while True:
            most = min(self.chunk, permit.rows - deleted)
            with database.write() as session:
                count = len(session.execute(forget, {"most": most}).all())
            deleted += count
            if count < most or deleted >= permit.rows or stopping.wait(self.pause_seconds):
                return deleted

    def periodic(self, database: Database, guard: Guard) -> Periodic:
        """Return what runs it about every ``every_seconds``, once started."""
        return Periodic(self.name, lambda stopping: self.run(database, guard, stopping), every_seconds=self.every_seconds)
