"""Group commit: many messages, one transaction, and each of them alone when that fails.

One transaction takes the ids into the inbox, runs the handler of each that is new, and commits state, inbox and outbox
together. If anything raises, all of it is rolled back and each message runs in a transaction of its own, so that one bad
message harms no other. Handlers notice nothing of it.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import amqp
import eventlet

from services.chassis import clock
from services.chassis.bus import inbox
from services.chassis.bus.forward import forward
from services.chassis.bus.parking import Reason, last_line, parked_headers
from services.chassis.bus.publisher import Outgoing, Publisher
from services.chassis.bus.reading import Readable, Reading, Unreadable
from services.chassis.bus.retry import attempts_of, is_transient, next_delay, retried_headers
from services.chassis.bus.topology import delay_name, parked_queue, retry_queue
from services.chassis.database import Database, ServiceSession, is_gone
from services.chassis.errors import Transient
from services.chassis.observe import metrics, trace
from services.chassis.observe.cause import Cause, cause
from services.chassis.observe.logs import get_logger

log = get_logger(__name__)

#: a handler that calls sys.exit(), or lets a green time-out through, has a bug like any other; it must not end the process
_FAILURES = (Exception, SystemExit, eventlet.Timeout)


class DatabaseAway(Transient):
    """The database itself does not answer: no message is to blame, so none is retried or parked for it."""


@dataclass(slots=True)
class Work:
    """What a subscriber handles batches with: of one service, used by one thread at a time."""

    service: str
    database: Database
    reading: Reading
    publisher: Publisher
    retry_delays_seconds: Sequence[float]
    metrics: Any = field(init=False)

    def __post_init__(self) -> None:
        self.metrics = metrics.of(self.service)


class Batch:
    """Messages that arrived together. ``run`` deals with every one of them; then they may be acked."""

    def __init__(self, work: Work, messages: Sequence[amqp.Message]) -> None:
        self.messages = messages
        self._work = work
        self._away: list[Outgoing] = []

    def run(self) -> None:
        """Handle, retry later or park each message.

        :raises DatabaseAway: if the database does not answer; nothing is decided then, run it again.
        :raises Transient: if the broker went away before what is retried or parked was safe there.
        """
        self._away.clear()
        self._work.metrics.batch_messages.observe(len(self.messages))
        readable = []
        for message in self.messages:
            try:
                readable.append(self._work.reading.decode(message))
            except Unreadable as error:
                self._park(message, error.reason, error.error, attempts_of(message.headers or {}))
        if readable:
            self._handle(readable)
        self._send_away()

    def _handle(self, readable: Sequence[Readable]) -> None:
        try:
            self._together(readable)
        except _FAILURES as error:
            if is_gone(error):
                raise DatabaseAway(type(error).__name__) from error
            if len(readable) > 1:
                log.warning("batch_split", error=type(error).__name__, count=len(readable))
            for one in readable:
                self._alone(one)

    def _together(self, readable: Sequence[Readable]) -> None:
        with self._work.database.write() as session:
            new = inbox.take(session, [one.envelope.id for one in readable])
            waiting = set(new)
            for one in readable:
                # two copies in one batch: the first takes the id out
                if one.envelope.id in waiting:
                    waiting.discard(one.envelope.id)
                    self._call(session, one)
        self._count(len(new), len(readable) - len(new))
        self._observe_age(readable)

    def _alone(self, one: Readable) -> None:
        for last_try in (False, True):
            try:
                with self._work.database.write() as session:
                    new = inbox.take(session, [one.envelope.id])
                    if new:
                        self._call(session, one)
                self._count(len(new), 1 - len(new))
                return
            except _FAILURES as error:
                if is_gone(error):
                    raise DatabaseAway(type(error).__name__) from error
                if not is_transient(error):
                    self._give_up(one, Reason.HANDLER_ERROR, error)
                    return
                if last_try:
                    self._retry_later(one, error)

    def _call(self, session: ServiceSession, one: Readable) -> None:
        envelope = one.envelope
        began = time.perf_counter()
        token = cause.set(Cause(envelope.correlationid or envelope.subject or None, str(envelope.id)))
        try:
            with trace.use(envelope.traceparent):
                one.handler(session, one.fact)
        finally:
            cause.reset(token)
        self._work.metrics.handler_seconds[one.fact.fact_name].observe(time.perf_counter() - began)

    def _retry_later(self, one: Readable, error: BaseException) -> None:
        headers = one.message.headers or {}
        attempts = attempts_of(headers)
        delay = next_delay(attempts, self._work.retry_delays_seconds)
        if delay is None:
            self._give_up(one, Reason.RETRIES_EXHAUSTED, error)
            return
        name = delay_name(delay)
        log.warning(
            "message_retried",
            message_id=str(one.envelope.id),
            fact=one.fact.fact_name,
            attempts=attempts + 1,
            delay_seconds=delay,
            error=type(error).__name__,
        )
        self._work.metrics.retries[name].inc()
        self._work.metrics.messages["retried"].inc()
        now = clock.now().isoformat(timespec="milliseconds")
        self._away.append(forward(one.message, retry_queue(self._work.service, delay), retried_headers(headers, now)))

    def _give_up(self, one: Readable, reason: Reason, error: BaseException) -> None:
        # where in our code it happened is what a developer needs; what it said may hold personal data
        log.error(
            "message_failed", message_id=str(one.envelope.id), fact=one.fact.fact_name, reason=reason.value, exc_info=error
        )
        self._park(one.message, reason, last_line(error), attempts_of(one.message.headers or {}) + 1)

    def _park(self, message: amqp.Message, reason: Reason, error: str, attempts: int) -> None:
        log.error("message_parked", reason=reason.value, attempts=attempts)
        self._work.metrics.parked[reason.value].inc()
        self._work.metrics.messages["parked"].inc()
        headers = parked_headers(message.headers or {}, reason, error, attempts)
        self._away.append(forward(message, parked_queue(self._work.service), headers))

    def _send_away(self) -> None:
        if not self._away:
            return
        outcome = self._work.publisher.publish(self._away)
        if outcome.returned or outcome.refused:
            raise Transient("broker: the retry or parking queue is missing or full")

    def _count(self, handled: int, duplicates: int) -> None:
        if handled:
            self._work.metrics.messages["handled"].inc(handled)
        if duplicates:
            self._work.metrics.messages["duplicate"].inc(duplicates)

    def _observe_age(self, readable: Sequence[Readable]) -> None:
        """How long the oldest message of the batch had waited since its fact was recorded."""
        try:
            oldest = min(datetime.fromisoformat(one.envelope.time) for one in readable)
            self._work.metrics.queue_age_seconds.observe(max(0.0, (datetime.now(UTC) - oldest).total_seconds()))
        except (ValueError, TypeError):
            # a foreign publisher without a usable time: nothing to measure
            return
