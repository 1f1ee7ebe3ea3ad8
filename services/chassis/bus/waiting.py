"""Try again what waits: take up the held messages that are due, and those that a person has replayed.

A message is claimed in a transaction of its own, which counts the try; then handled in the transaction that deletes its row, or moved
on: due later, or parked. Any number of processes may do so.
"""

import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import sqlalchemy as sa

from services.chassis import clock
from services.chassis.bus import held, inbox
from services.chassis.bus.batch import Batch, DatabaseAway, Work
from services.chassis.bus.delivery import Delivery
from services.chassis.bus.held import State, held_messages
from services.chassis.bus.outage import Outage
from services.chassis.bus.parking import Reason
from services.chassis.bus.provenance import Way
from services.chassis.bus.reading import Unreadable
from services.chassis.bus.replay import replay_what_was_too_new
from services.chassis.database import ServiceSession, is_contention, is_gone
from services.chassis.observe.logs import get_logger

log = get_logger(__name__)

#: how long a claim lasts: then a try whose process has ended is made again
_CLAIM_SECONDS = 60.0
_POLL_SECONDS = 1.0
_MEASURE_SECONDS = 5.0
_CRASHED = "each try ended its process"

Result = TypeVar("Result")


class DueBatch(Batch):
    """Held messages whose time has come."""

    def __init__(self, work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(work, [held.message_of(row) for row in rows])
        self._rows = rows
        self._claimed = {row["id"]: row["attempts"] + 1 for row in rows}

    def read(self) -> list[Delivery]:
        """Understand the messages again: code or body may have changed since."""
        return [self._read_row(row, message) for row, message in zip(self._rows, self.messages, strict=True)]

    def _read_row(self, row: Mapping[str, Any], message: Any) -> Delivery:
        key, attempts, way = row["id"], row["attempts"], Way(row["exchange"], row["routing_key"])
        if attempts > len(self.work.retry_delays_seconds):
            # it would have been parked after its last try, had that not ended the process
            return Delivery(message, key, way, None, Reason.RETRIES_EXHAUSTED, row["error"] or _CRASHED, attempts)
        try:
            return Delivery(message, key, way, self.work.reading.decode(message, way.exchange), attempts=attempts)
        except Unreadable as unreadable:
            return Delivery(message, key, way, None, unreadable.reason, unreadable.error, attempts)

    def take(self, session: ServiceSession, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """Delete the rows of ``deliveries``; the ones returned are ours, and were not handled under another key."""
        ours = held.release(session, {one.key: self._claimed[one.key] for one in deliveries})
        inbox.refresh(session, ours)
        ids: dict[uuid.UUID, Delivery] = {}
        for one in deliveries:
            if one.key in ours and one.readable is not None and one.readable.envelope.id != one.key:
                ids.setdefault(one.readable.envelope.id, one)
        unhandled = inbox.take(session, list(ids)) if ids else set()
        return [one for one in deliveries if one.key in ours and self._is_new(one, ids, unhandled)]

    def hold(self, session: ServiceSession, one: Delivery, failure: Mapping[str, Any]) -> None:
        """Put the row back, with what became of the try."""
        row = next(row for row in self._rows if row["id"] == one.key)
        session.execute(sa.insert(held_messages).values({**row, **failure}))

    @staticmethod
    def _is_new(one: Delivery, ids: Mapping[uuid.UUID, Delivery], unhandled: set[uuid.UUID]) -> bool:
        id_ = one.readable.envelope.id if one.readable is not None else one.key
        return id_ == one.key or (ids[id_] is one and id_ in unhandled)


class Waiting:
    """Loop that runs due batches, one after the other, until it is stopped.

    :param run_batch: runs a batch somewhere (a nameko worker) and returns when it is done; raises what the batch raised.
    """

    def __init__(self, work: Work, run_batch: Callable[[Batch], None], *, batch_size: int) -> None:
        self._work = work
        self._run_batch = run_batch
        self._batch_size = batch_size
        self._stopping = threading.Event()
        self._idle = threading.Event()
        self._next_measure = 0.0

    def run(self) -> None:
        """Look every second, and go on for as long as something is due."""
        try:
            while not self._stopping.is_set():
                if not self._patiently(self._round):
                    self._stopping.wait(_POLL_SECONDS)
        finally:
            self._idle.set()

    def stop(self, timeout_seconds: float) -> bool:
        """Begin nothing more; ``False`` if a batch is still under way after ``timeout_seconds``."""
        self._stopping.set()
        return self._idle.wait(timeout_seconds)

    def _round(self) -> bool:
        """Take up what is due; whether anything was."""
        if time.monotonic() >= self._next_measure:
            self._next_measure = time.monotonic() + _MEASURE_SECONDS
            self._measure()
        with self._work.database.read() as session:
            if not held.any_due(session):
                return False
        with self._work.database.write() as session:
            rows = held.claim(session, self._batch_size, until=clock.now() + timedelta(seconds=_CLAIM_SECONDS))
        if rows:
            batch = DueBatch(self._work, rows)
            # the same batch again and again: its tries are counted already, and an outage is none
            self._patiently(lambda: self._run_batch(batch))
        return bool(rows)

    def _measure(self) -> None:
        """Count what is held, and make due what an older process, which may still run, could not read."""
        with self._work.database.read() as session:
            counts = held.counts(session)
        for state, number in counts.items():
            self._work.metrics.held[state.value].set(number)
        if counts[State.PARKED]:
            with self._work.database.write() as session:
                if too_new := replay_what_was_too_new(session, self._work.reading.types):
                    log.info("parked_facts_are_known_now", count=too_new)

    def _patiently(self, step: Callable[[], Result]) -> Result | None:
        """Return what ``step`` returns; try again while the database is away. ``None`` when stopped meanwhile."""
        outage = Outage(self._stopping)
        while not self._stopping.is_set():
            try:
                return step()
            except Exception as error:
                if not (isinstance(error, DatabaseAway) or is_gone(error) or is_contention(error)):
                    log.exception("waiting_messages_failed", exc_info=error)
                outage.wait("waiting_messages_wait", error)
        return None
