"""Deleting records of past work when they are old: many at a time, without looking at each.

::

    FORGET = Pruning("forget_responses", lambda now: sa.select(table.c.key_hash).where(table.c.answered_at < now - KEPT_FOR))
"""

import threading
from dataclasses import dataclass

from services.chassis.database import Database
from services.chassis.observe import logs
from services.chassis.periodic import Periodic
from services.chassis.sweeps.guard import AllowanceSpent, ClockDiffers, Due, Guard, Limit

_log = logs.get_logger(__name__)


@dataclass(frozen=True)
class Pruning:
    """Records that are deleted ``chunk`` rows a transaction, with a pause between, so that work goes on beside it.

    :param old: selects the key (one column) of what is old at a moment.
    """

    name: str
    old: Due
    every_seconds: float = 3600.0
    chunk: int = 1_000
    pause_seconds: float = 0.05

    def run(self, database: Database, guard: Guard, stopping: threading.Event | None = None) -> int:
        """Delete what is old now, unless it is held. Return how many rows were deleted."""
        try:
            permit = guard.permit(self.name, Limit.RECORDS, self.old)
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
        deleted = database.delete_in_chunks(
            self.old(permit.now), at_most=permit.rows, chunk=self.chunk, pause_seconds=self.pause_seconds, stopping=stopping
        )
        if deleted:
            _log.info("pruned", kind=self.name, count=deleted)
        return deleted

    def periodic(self, database: Database, guard: Guard) -> Periodic:
        """Return what runs it about every ``every_seconds``, once started."""
        return Periodic(self.name, lambda stopping: self.run(database, guard, stopping), every_seconds=self.every_seconds)
