"""Group commit: many messages, one transaction, and each of them alone when that fails.

One transaction takes the ids into the inbox, runs the handler of each that is new, and commits state, inbox and outbox
together. If anything raises, all of it is rolled back and each message runs in a transaction of its own, so that one bad
message harms no other. Handlers notice nothing of it.

What cannot be handled becomes a row (``held``) in the transaction that takes it into the inbox: waiting for another try, or parked.
"""

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import amqp
import eventlet

from services.chassis import clock
from services.chassis.bus import held, inbox
from services.chassis.bus.arrivals import Arrivals
from services.chassis.bus.delivery import Delivery
from services.chassis.bus.numbering import Place
from services.chassis.bus.parking import Reason, last_line
from services.chassis.bus.reading import Readable, Reading
from services.chassis.bus.retry import delay_name, is_transient, next_delay
from services.chassis.database import Database, ServiceSession, is_gone
from services.chassis.errors import OtherPerson, Transient
from services.chassis.observe import metrics, trace
from services.chassis.observe.cause import Cause, cause
from services.chassis.observe.logs import get_logger

log = get_logger(__name__)

#: a handler that calls sys.exit(), or lets a green time-out through, has a bug like any other; it must not end the process
_FAILURES = (Exception, SystemExit, eventlet.Timeout)


class DatabaseAway(Transient):
    """The database does not answer, or takes nothing: no message is to blame, so none is retried or parked for it."""


@dataclass(slots=True)
class Work:
    """What a subscriber handles batches with: of one service."""

    service: str
    database: Database
    reading: Reading
    retry_delays_seconds: Sequence[float]
    #: who has numbered what came to this process (``Place.origin``)
    origins: set[str] = field(default_factory=set)
    #: how far each of them said to have come, and when it was heard first (`gaps`)
    heads: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    #: queues in which releases before 0.2 let messages wait, as long as they are there
    kept_in: set[str] = field(default_factory=set)
    metrics: Any = field(init=False)

    def __post_init__(self) -> None:
        self.metrics = metrics.of(self.service)

    def hear(self, head: Place) -> None:
        """Note how far a source says to have come."""
        self.origins.add(head.origin)
        if head.number > self.heads.get(head.origin, (0, None))[0]:
            self.heads[head.origin] = head.number, clock.now()


class Batch:
    """Messages that arrived together. ``run`` deals with every one of them; then they may be acked."""

    def __init__(self, work: Work, messages: Sequence[amqp.Message]) -> None:
        self.work = work
        self.messages = messages
        self.arrived_at = clock.now()

    def run(self) -> None:
        """Handle each message, or hold it: for another try, or parked.

        :raises DatabaseAway: if the database does not answer or takes nothing; what is not committed is to be run again.
        """
        self.work.metrics.batch_messages.observe(len(self.messages))
        deliveries = self.read()
        try:
            self._run_together(deliveries)
        except _FAILURES as error:
            if is_gone(error):
                raise DatabaseAway(type(error).__name__) from error
            if len(deliveries) > 1:
                log.warning("batch_split", error=type(error).__name__, count=len(deliveries))
            for one in deliveries:
                self._run_alone(one)

    def read(self) -> list[Delivery]:
        """Understand the messages, as far as they can be."""
        arrivals = Arrivals(self.work.service, self.work.reading, self.work.kept_in)
        return [arrivals.read(message) for message in self.messages]

    def take(self, session: ServiceSession, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """Mark ``deliveries`` in the inbox; the ones returned are new, in their order."""
        places = {one.key: one.place for one in deliveries if not one.reminder}
        for one in deliveries:
            if one.reminder and one.place:
                self.work.hear(one.place)
        self.work.origins.update(place.origin for place in places.values() if place)
        new = inbox.take(session, places)
        # two copies in one batch: the first one counts
        first: dict[uuid.UUID, Delivery] = {}
        for one in deliveries:
            if one.key in new:
                first.setdefault(one.key, one)
        return list(first.values())

    def hold(self, session: ServiceSession, one: Delivery, failure: Mapping[str, Any]) -> None:
        """Write the row of ``one``, which this transaction has taken."""
        held.hold(session, one.key, one.message, one.way, failure, first_seen_at=one.first_seen_at or self.arrived_at)

    def _run_together(self, deliveries: Sequence[Delivery]) -> None:
        with self.work.database.write() as session:
            new = self.take(session, deliveries)
            for one in new:
                self._deal_with(session, one)
        self._count(new, sum(not one.reminder for one in deliveries) - len(new))

    def _run_alone(self, one: Delivery) -> None:
        for last_try in (False, True):
            try:
                self._run_together([one])
                return
            except _FAILURES as error:
                if is_gone(error):
                    raise DatabaseAway(type(error).__name__) from error
                if one.readable is None:
                    raise self._cannot_hold(one, error) from error
                if is_transient(error):
                    if last_try:
                        self._retry_later(one, error)
                    continue
                other = isinstance(error, OtherPerson)
                self._give_up(one, Reason.OTHER_PERSON if other else Reason.HANDLER_ERROR, error)
                return

    def _deal_with(self, session: ServiceSession, one: Delivery) -> None:
        if one.readable is None:
            if not one.erased:
                self.hold(session, one, held.failed(one.reason, one.error, attempts=one.attempts, due_at=None))
            return
        readable, told = one.readable, one.readable.envelope
        began = time.perf_counter()
        token = cause.set(Cause(told.correlationid or told.subject or None, str(told.id)))
        try:
            with trace.use(told.traceparent):
                readable.handler(session, readable.fact)
        finally:
            cause.reset(token)
        self.work.metrics.handler_seconds[readable.fact.fact_name].observe(time.perf_counter() - began)

    def _retry_later(self, one: Delivery, error: BaseException) -> None:
        delay = next_delay(one.attempts, self.work.retry_delays_seconds)
        if delay is None:
            self._give_up(one, Reason.RETRIES_EXHAUSTED, error)
            return
        if not self._hold_alone(one, Reason.TRANSIENT, error, due_at=clock.now() + timedelta(seconds=delay)):
            return
        log.warning(
            "message_retried",
            message_id=str(one.key),
            fact=one.fact_name,
            attempts=one.attempts + 1,
            delay_seconds=delay,
            error=type(error).__name__,
        )
        self.work.metrics.retries[delay_name(delay)].inc()
        self.work.metrics.messages["retried"].inc()

    def _give_up(self, one: Delivery, reason: Reason, error: BaseException) -> None:
        if not self._hold_alone(one, reason, error, due_at=None):
            return
        # where in our code it happened is what a developer needs; what it said may hold personal data
        log.error("message_failed", message_id=str(one.key), fact=one.fact_name, reason=reason.value, exc_info=error)
        self._tell_parked(reason, one.attempts + 1)

    def _hold_alone(self, one: Delivery, reason: Reason, error: BaseException, *, due_at: datetime | None) -> bool:
        """Hold a message in a transaction of its own. ``False`` if somebody else has taken it meanwhile.

        :raises DatabaseAway: if the row cannot be written.
        """
        outcome = held.failed(reason, last_line(error), attempts=one.attempts + 1, due_at=due_at)
        try:
            with self.work.database.write() as session:
                new = self.take(session, [one])
                if new:
                    self.hold(session, one, outcome)
        except Exception as failure:
            raise self._cannot_hold(one, failure) from failure
        if not new:
            self._count([], 1)
        return bool(new)

    def _cannot_hold(self, one: Delivery, error: BaseException) -> DatabaseAway:
        """Whatever it is: a message that can neither be handled nor held is kept in the queue."""
        if not is_transient(error):
            log.error("message_not_held", message_id=str(one.key), exc_info=error)
        return DatabaseAway(type(error).__name__)

    def _tell_parked(self, reason: Reason, attempts: int) -> None:
        log.error("message_parked", reason=reason.value, attempts=attempts)
        self.work.metrics.parked[reason.value].inc()
        self.work.metrics.messages["parked"].inc()

    def _count(self, new: Sequence[Delivery], duplicates: int) -> None:
        """Tell what a transaction has done, after its commit."""
        handled = [one.readable for one in new if one.readable is not None]
        for one in new:
            if one.readable is None and not one.erased:
                self._tell_parked(one.reason, one.attempts)
        if handled:
            self.work.metrics.messages["handled"].inc(len(handled))
            self._observe_age(handled)
        if duplicates:
            self.work.metrics.messages["duplicate"].inc(duplicates)

    def _observe_age(self, handled: Sequence[Readable]) -> None:
        """How long the oldest message of the batch had waited since its fact was recorded."""
        try:
            oldest = min(datetime.fromisoformat(one.envelope.time) for one in handled)
            self.work.metrics.queue_age_seconds.observe(max(0.0, (datetime.now(UTC) - oldest).total_seconds()))
        except (ValueError, TypeError):
            # a foreign publisher without a usable time: nothing to measure
            return
