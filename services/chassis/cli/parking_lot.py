"""The parking lot of one service: looking at it, and moving messages out of it, so that nothing can get lost.

A message is acked in the parking queue only when it is safe elsewhere: confirmed by another queue, or written to a file and
synced. A crash in between leaves a copy in both places, which the inbox of the service drops. No message is held while a
person thinks: a tool looks, lets everything go, asks, and comes back for what was chosen. One tool at a time works on a lot,
because two would hide each other's messages; an exclusive queue, gone with its connection, is the lock.
"""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager

import pika
from pika import exceptions

from services.chassis.bus.topology import inbound_queue, parked_queue
from services.chassis.cli import broker
from services.chassis.cli.confirms import ConfirmingChannel, Outcome, Outgoing
from services.chassis.cli.hold import Hold
from services.chassis.cli.parked_message import Parked, Summary
from services.chassis.cli.tally import Pace, Tally
from services.chassis.errors import Transient
from services.chassis.settings import Url

_BATCH = 1000
#: a broker closes a channel whose messages stay unacked for 30 minutes; a slow replay lets go of them in time
_HOLD_SECONDS = 600.0
_LOCK_SECONDS = 10.0
_RESOURCE_LOCKED = 405

#: called with the number of messages dealt with since the last call
Progress = Callable[[int], None]
Stop = Callable[[], bool]


class Busy(Transient):
    """Another tool works on the same parking lot."""


@contextmanager
def opened(uri: Url, service: str) -> Iterator["ParkingLot"]:
    """The parking lot of ``service``, for us alone.

    :raises BrokerUnreachable: within 10 s, or when the connection is lost inside.
    :raises Busy: if another tool does not let go of it within 10 s.
    """
    with broker.connected(uri) as connection:
        _lock(connection, service)
        yield ParkingLot(connection, service)


class ParkingLot:
    """What can be done with ``<service>.parked``. Made by ``opened``; every method raises ``NoSuchQueue`` if there is none."""

    def __init__(self, connection: pika.BlockingConnection, service: str) -> None:
        self._connection = connection
        self._service = service
        self.queue = parked_queue(service)

    def look(self, limit: int | None = None) -> list[Summary]:
        """Every message, its copies as one, in the order of the queue; at most ``limit`` are looked at."""
        found: dict[bytes, Summary] = {}
        with closing(self._all(limit)) as messages:
            for summary in (message.summary() for message in messages):
                known = found.get(summary.key)
                found[summary.key] = known.with_copy(summary) if known else summary
        return list(found.values())

    def fetch(self, key: bytes) -> Parked | None:
        """The message with this key, with its body; ``None`` if it is gone."""
        with closing(self._all(None)) as messages:
            return next((message for message in messages if message.key == key), None)

    def replay(
        self,
        chosen: Sequence[Summary],
        *,
        per_second: float | None = None,
        stop: Stop = lambda: False,
        progress: Progress = lambda _count: None,
    ) -> Tally:
        """Put ``chosen`` back into the inbound queue; of copies one is sent."""
        inbound = inbound_queue(self._service)
        return self._send(chosen, lambda m: Outgoing(inbound, *m.replayed()), per_second, stop, progress)

    def replace(self, chosen: Summary, body: bytes) -> Tally:
        """Park ``body`` under the same id in place of ``chosen``, at the end of the queue."""
        return self._send([chosen], lambda m: Outgoing(self.queue, *m.edited(body)))

    def drop(
        self,
        chosen: Sequence[Summary],
        save: Callable[[Sequence[Parked]], None],
        *,
        stop: Stop = lambda: False,
        progress: Progress = lambda _count: None,
    ) -> Tally:
        """Take ``chosen`` out of the queue. ``save`` gets every copy first and returns when they are safe."""
        tally = Tally.of(chosen)
        with closing(self._sweep(tally, stop, _BATCH)) as batches:
            for hold, messages in batches:
                save(messages)
                hold.ack(messages)
                progress(tally.off(messages))
        return tally

    def _send(
        self,
        chosen: Sequence[Summary],
        outgoing: Callable[[Parked], Outgoing],
        per_second: float | None = None,
        stop: Stop = lambda: False,
        progress: Progress = lambda _count: None,
    ) -> Tally:
        tally, pace = Tally.of(chosen), Pace(self._connection, per_second)
        publisher = ConfirmingChannel(self._connection)
        fates: dict[bytes, Outcome] = {}
        with closing(self._sweep(tally, stop, pace.batch)) as batches:
            for hold, messages in batches:
                for start in range(0, len(messages), pace.window):
                    if stop():
                        break
                    window = messages[start : start + pace.window]
                    first = _first_copies(window, fates)
                    outcomes = publisher.publish([outgoing(m) for m in first])
                    fate_of = {m.tag: outcome for m, outcome in zip(first, outcomes, strict=True)}
                    fates |= {m.key: fate_of[m.tag] for m in first if m.id}
                    safe = [m for m in window if (fates[m.key] if m.id else fate_of[m.tag]) is Outcome.SAFE]
                    hold.ack(safe)
                    tally.refused += len(outcomes) - outcomes.count(Outcome.SAFE)
                    tally.failure = _failure(outcomes, first, outgoing)
                    progress(tally.off(safe))
                    if tally.failure:
                        return tally
                    pace.wait(len(first), stop)
        return tally

    def _sweep(self, tally: Tally, stop: Stop, batch: int) -> Generator[tuple[Hold, list[Parked]]]:
        """Go through the queue from its front and hand out what ``tally`` is about, until all of it was met."""
        while not tally.all_met:
            with self._hold() as hold:
                let_go_at = time.monotonic() + _HOLD_SECONDS
                left = hold.ready()
                while left > 0 and not tally.all_met and time.monotonic() < let_go_at:
                    if stop():
                        tally.stopped = True
                        return
                    taken = hold.take(min(left, batch))
                    left = left - len(taken) if taken else 0
                    if messages := [m for m in taken if m in tally]:
                        yield hold, messages
                if left <= 0:
                    # the end of the queue: what was not met is gone, unless the last batch was broken off
                    tally.stopped = stop() and not tally.all_met
                    return

    def _all(self, limit: int | None) -> Generator[Parked]:
        with self._hold() as hold:
            left = hold.ready() if limit is None else min(hold.ready(), limit)
            while left > 0:
                taken = hold.take(min(left, _BATCH))
                left = left - len(taken) if taken else 0
                yield from taken

    def _hold(self) -> Hold:
        return Hold(self._connection, self._service, self.queue)


def _first_copies(messages: Sequence[Parked], known: dict[bytes, Outcome]) -> list[Parked]:
    """Those to be sent: one of each message; messages without an id each for itself."""
    seen, first = set(known), []
    for message in messages:
        if message.id and message.key in seen:
            continue
        seen.add(message.key)
        first.append(message)
    return first


def _failure(outcomes: Sequence[Outcome], sent: Sequence[Parked], outgoing: Callable[[Parked], Outgoing]) -> str | None:
    """Why going on makes no sense, if it makes none."""
    if Outcome.RETURNED in outcomes:
        queue = outgoing(sent[outcomes.index(Outcome.RETURNED)]).queue
        return f"There is no queue {queue}. Start the service once, or run `vss topology declare`."
    if outcomes and all(outcome is Outcome.REFUSED for outcome in outcomes):
        return f"{outgoing(sent[0]).queue} takes no more messages: it is full. Let the service catch up, then go on."
    return None


def _lock(connection: pika.BlockingConnection, service: str) -> None:
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            connection.channel().queue_declare(f"{parked_queue(service)}.lock", exclusive=True, auto_delete=True)
        except exceptions.ChannelClosedByBroker as error:
            if error.reply_code != _RESOURCE_LOCKED:
                raise
            if time.monotonic() > deadline:
                raise Busy(f"Somebody else is at the parking lot of {service}. Wait until they are done.") from None
            connection.sleep(0.2)
        else:
            return
