"""Publishes batches with pipelined confirms: write all messages at once, then wait for every confirm.

A message counts as sent only when the broker has confirmed it. One that no queue is bound to is returned (``mandatory``), and one
that a full queue rejects is reported as refused.

A broker that blocks (disk or memory alarm) stops reading. What was written lies in buffers, also of its own, and is delivered once
it goes on, whether we are still there or not. So the publisher writes no more, keeps the connection, and waits as long as
heartbeats come: giving up would send the same messages again, once for each try.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import amqp
import kombu
from amqp import spec
from amqp.exceptions import ConnectionForced

from services.chassis.bus import connection as broker
from services.chassis.bus.content import Content, corked
from services.chassis.bus.presence import Presence
from services.chassis.errors import StartUpError, Transient
from services.chassis.facts.envelope import CONTENT_TYPE

#: without any confirm, while the broker does not say that it blocks
CONFIRM_SECONDS = 30.0
_PERSISTENT = 2
_LOOK_SECONDS = 1.0


class Outgoing(NamedTuple):
    """A message to send."""

    exchange: str
    routing_key: str
    body: bytes
    headers: dict[str, Any]
    message_id: str


@dataclass(slots=True)
class Outcome:
    """Outcome of a batch, by position. What is in neither set is safely queued."""

    returned: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)


class Unanswered(Transient):
    """The broker is there, but did not confirm the messages at ``positions`` of the batch in time; ``outcome`` tells of the others."""

    def __init__(self, positions: Iterable[int], outcome: Outcome) -> None:
        self.positions = frozenset(positions)
        self.outcome = outcome
        super().__init__(f"broker: no confirm of {len(self.positions)} messages within {CONFIRM_SECONDS:g} s")


class Publisher:
    """A connection for batches with confirms. Connects on first use, and again after a loss.

    Not for concurrent use: one publisher per thread.

    :param prepare: called with the channel after each connect, before anything is sent: declares the exchanges that are
        published to. A broker may have been emptied or replaced in between.
    :param presence: told about the connection.
    """

    def __init__(
        self, uri: str, prepare: Callable[[amqp.Channel], None] | None = None, presence: Presence | None = None
    ) -> None:
        self._uri = uri
        self._prepare = prepare
        self._presence = presence
        #: how many connections were made so far: one more than at the last look means that confirms may have been missed
        self.connections = 0
        self._connection: kombu.Connection | None = None
        self._channel: amqp.Channel | None = None
        self._heartbeat: broker.Heartbeat | None = None
        self._lock = threading.Lock()
        self._tag = 0
        self._waiting: dict[int, int] = {}
        self._lowest = 1
        self._outcome = Outcome()
        self._sent: Sequence[Outgoing] = ()
        self._places: dict[tuple[str, str, str], list[int]] = {}

    @property
    def blocked(self) -> str | None:
        """The broker's reason for taking no messages just now."""
        channel = self._channel
        return channel.connection.blocked if channel is not None and channel.connection is not None else None

    def publish(self, messages: Sequence[Outgoing]) -> Outcome:
        """Send ``messages`` in their order and wait until the broker has answered for each.

        Returns late when the broker blocks: not before it goes on.

        :raises Unanswered: if it does not confirm, and does not say why.
        :raises Transient: if the broker went away meanwhile, or an exchange does not exist: some may have arrived, so send all
            again, on the new connection that the next call makes.
        """
        if not messages:
            return Outcome()
        with self._lock:
            try:
                return self._publish(messages)
            except Unanswered as error:
                raise self._lost(error) from None
            except broker.GONE as error:
                raise self._lost(Transient(f"broker: {broker.reason(error)}")) from error
            except (StartUpError, Transient) as error:
                # what `prepare` declares exists with other arguments: a person has to mend it, and then it goes on
                raise self._lost(Transient(str(error))) from error

    def close(self) -> None:
        """Close the connection; the next ``publish`` opens a new one."""
        with self._lock:
            self._reset()
            if self._presence is not None:
                self._presence.idle()

    def _publish(self, messages: Sequence[Outgoing]) -> Outcome:
        channel = self._open()
        self._outcome, self._sent, self._places = Outcome(), messages, {}
        with corked(channel.connection.transport) as buffer:
            for position, message in enumerate(messages):
                self._tag += 1
                self._waiting[self._tag] = position
                content = Content(
                    message.body,
                    content_type=CONTENT_TYPE,
                    delivery_mode=_PERSISTENT,
                    message_id=message.message_id,
                    application_headers=message.headers,
                )
                # what `basic_publish` does, without its poll of the socket before each message
                channel.send_method(
                    spec.Basic.Publish, "Bssbb", (0, message.exchange, message.routing_key, True, False), content
                )
        self._deliver(channel.connection, memoryview(buffer))
        return self._outcome

    def _deliver(self, connection: Any, unsent: memoryview) -> None:
        """Write as long as the broker reads, and take its answers until there is one for each message."""
        moved = heard = time.monotonic()
        received = connection.bytes_recv
        while unsent or self._waiting:
            try:
                if unsent and connection.blocked is None:
                    unsent = unsent[connection.transport.sock.send(unsent) :]
                else:
                    connection.drain_events()
                moved = time.monotonic()
                continue
            except TimeoutError as error:
                if error.errno is not None:
                    # not our time-out, but the kernel's: nobody is there any more
                    raise
            broker.read_what_has_come(connection)
            now = time.monotonic()
            if connection.bytes_recv != received:
                received, heard = connection.bytes_recv, now
            if connection.blocked is not None:
                moved = now
            if now - heard > 2 * broker.HEARTBEAT_SECONDS:
                broker.drop(self._connection)
                raise ConnectionForced("Too many heartbeats missed")
            if now - moved > CONFIRM_SECONDS:
                broker.drop(self._connection)
                raise Unanswered(self._waiting.values(), self._outcome)
            if not unsent:
                # never in the middle of a frame
                connection.heartbeat_tick()

    def _open(self) -> amqp.Channel:
        if self._channel is not None and self._channel.is_open and not (self._heartbeat and self._heartbeat.lost):
            return self._channel
        self._reset()
        self._connection = broker.connect(self._uri)
        with broker.limited(self._connection):
            channel = self._connection.channel()
            if self._prepare is not None:
                self._prepare(channel)
            channel.confirm_select()
        # once, and not for each frame
        channel.connection.transport.sock.settimeout(_LOOK_SECONDS)
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        channel.events["basic_return"].add(self._on_return)
        self._heartbeat = broker.Heartbeat(self._connection, self._lock).start()
        self._channel = channel
        self.connections += 1
        if self._presence is not None:
            channel.connection.on_blocked = self._presence.blocks
            channel.connection.on_unblocked = self._presence.unblocked
            self._presence.connected()
        return channel

    def _lost(self, error: Transient) -> Transient:
        self._reset()
        if self._presence is not None:
            self._presence.lost(error)
        return error

    def _reset(self) -> None:
        if self._heartbeat is not None:
            self._heartbeat.stop()
        broker.close(self._connection)
        self._connection = self._channel = self._heartbeat = None
        self._waiting.clear()
        self._tag, self._lowest = 0, 1

    def _settle(self, tag: int, multiple: bool) -> list[int]:
        if not multiple:
            position = self._waiting.pop(tag, None)
            return [] if position is None else [position]
        positions = [self._waiting.pop(t) for t in range(self._lowest, tag + 1) if t in self._waiting]
        self._lowest = tag + 1
        return positions

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._settle(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._outcome.refused.update(self._settle(tag, multiple))

    def _on_return(self, _error: Exception, exchange: str, routing_key: str, message: amqp.Message) -> None:
        if not self._places:
            for place, sent in enumerate(self._sent):
                self._places.setdefault((sent.exchange, sent.routing_key, sent.message_id), []).append(place)
        self._outcome.returned.update(self._places[exchange, routing_key, message.properties["message_id"]])
