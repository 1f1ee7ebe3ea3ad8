"""Messages taken from a queue without taking them away.

Taken messages stay unacked; what is not acked goes back at the end, **in its order**. Merely closing the channel would return
everything too, but in RabbitMQ 3.10 in no order at all: a quorum queue keeps what one consumer holds in a map, and a map of
more than 32 entries has none. So messages go back in groups of 32, each after the one before has arrived.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import groupby
from types import TracebackType
from typing import Any, Self

import pika
from pika import exceptions

from services.chassis.cli.broker import BrokerRefused, BrokerUnreachable, refusal
from services.chassis.cli.parked_message import Parked

_GROUP = 32
_BATCH = 1000
#: bodies may be of any size: what is taken at once follows from the mean of what was taken before
_FIRST = 100
_TAKE_BYTES = 32 * 1024**2
_EMPTY_SECONDS = 1.0
_SILENCE_SECONDS = 10.0
#: how long to wait for a group to be back; after that the others are sent without waiting
_RETURN_SECONDS = 5.0


class Hold:
    """Takes messages of one parking queue and gives back, at its end, those that were not acked."""

    def __init__(self, connection: pika.BlockingConnection, service: str, queue: str) -> None:
        self._connection = connection
        self._service = service
        self._queue = queue
        self._channel = connection.channel()
        #: delivery tag → the number of the `take` that it came with
        self._unacked: dict[int, int] = {}
        self._takes = 0
        self._room = _FIRST
        self._returned_before = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        # whatever fails here: the broker takes everything back by itself when the channel is gone, if not in its order
        with suppress(exceptions.AMQPError, OSError, BrokerRefused, BrokerUnreachable):
            if self._channel.is_open:
                self._give_back()
                self._channel.close()

    def ready(self) -> int:
        """How many messages wait in the queue, without those that somebody holds.

        :raises NoSuchQueue: if it does not exist.
        """
        try:
            declared = self._channel.queue_declare(self._queue, passive=True)
        except exceptions.ChannelClosedByBroker as error:
            raise refusal(error) from None
        return int(declared.method.message_count)

    def take(self, at_most: int) -> list[Parked]:
        """The next messages; none only if there are no more.

        :raises BrokerUnreachable: if the queue says it has more but gives nothing for 10 s.
        """
        taken: list[Parked] = []
        count = min(at_most, self._room)
        self._takes += 1
        # consuming with a prefetch of exactly `count` takes 25,000 a second, `basic_get` 2,400
        self._channel.basic_qos(prefetch_count=count)

        def on_message(
            _channel: Any, method: pika.spec.Basic.Deliver, properties: pika.BasicProperties, body: bytes
        ) -> None:
            tag = method.delivery_tag or 0
            self._unacked[tag] = self._takes
            self._returned_before = bool(method.redelivered)
            taken.append(Parked(tag, self._service, properties, body))

        consumer = self._channel.basic_consume(self._queue, on_message)
        self._await(taken, count)
        if self._channel.is_open:
            self._channel.basic_cancel(consumer)
        if taken:
            mean_bytes = sum(len(message.body) for message in taken) / len(taken)
            self._room = max(1, min(_BATCH, int(_TAKE_BYTES / max(mean_bytes, 1))))
        return taken

    def ack(self, messages: Iterable[Parked]) -> None:
        """These are dealt with for good."""
        tags = sorted(message.tag for message in messages)
        if not tags:
            return
        if tags[0] == next(iter(self._unacked)) and tags[-1] - tags[0] + 1 == len(tags):
            # the oldest ones without a gap, as when everything is dealt with: one word is enough
            self._channel.basic_ack(tags[-1], multiple=True)
        else:
            for tag in tags:
                self._channel.basic_ack(tag)
        for tag in tags:
            self._unacked.pop(tag)

    def _await(self, taken: list[Parked], count: int) -> None:
        last = time.monotonic()
        while (had := len(taken)) < count:
            self._connection.process_data_events(0.2)
            if len(taken) > had:
                last = time.monotonic()
            silent = time.monotonic() - last
            # an empty queue may mean that the rest is on its way to us
            if silent > _EMPTY_SECONDS and not self.ready():
                return
            if silent > _SILENCE_SECONDS:
                raise BrokerUnreachable(
                    f"{self._queue} has given nothing for {_SILENCE_SECONDS:g} s. Is a majority of the broker's nodes up?"
                )

    def _give_back(self) -> None:
        # what was given back earlier waits in front of the rest in a queue of its own, and what we return joins that queue
        # at its end: so it has to be taken out first, to come after ours again
        while self._unacked and self._returned_before and (left := self.ready()):
            self.take(min(left, _BATCH))
        back, patience = self.ready(), time.monotonic() + _RETURN_SECONDS
        for group in self._groups():
            # everything unacked up to here is in this group or was given back before
            self._channel.basic_nack(group[-1], multiple=True, requeue=True)
            back += len(group)
            if time.monotonic() < patience:
                patience = time.monotonic() + _RETURN_SECONDS
            while self.ready() < back and time.monotonic() < patience:
                pass  # asking takes a round trip, and is needed once or twice

    def _groups(self) -> Iterator[list[int]]:
        """Tags in order. What different consumers hold is returned in no order either, so no group spans two takes."""
        for _, of_take in groupby(sorted(self._unacked), self._unacked.__getitem__):
            tags = list(of_take)
            for start in range(0, len(tags), _GROUP):
                yield tags[start : start + _GROUP]
