"""Publishes batches with pipelined confirms: write all messages at once, then wait for every confirm.

A message counts as sent only when the broker has confirmed it. One that no queue is bound to is returned (``mandatory``), and one
that a full queue rejects is reported as refused.
"""

import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import amqp
import kombu
from amqp import spec

from services.chassis.bus import connection as broker
from services.chassis.errors import StartUpError, Transient
from services.chassis.facts.envelope import CONTENT_TYPE

_CONFIRM_SECONDS = 30.0
_PERSISTENT = 2
#: content type, headers, delivery mode and message id are present (AMQP 0-9-1, 4.2.6.1)
_FLAGS = struct.pack(">H", 0x8000 | 0x2000 | 0x1000 | 0x0080)
_LONG, _SIGNED, _INT32 = struct.Struct(">I").pack, struct.Struct(">i").pack, 2**31


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


class Publisher:
    """A connection for batches with confirms. Connects on first use, and again after a loss.

    Not for concurrent use: one publisher per thread.

    :param prepare: called with the channel after each connect, before anything is sent: declares the exchanges that are
        published to. A broker may have been emptied or replaced in between.
    """

    def __init__(self, uri: str, prepare: Callable[[amqp.Channel], None] | None = None) -> None:
        self._uri = uri
        self._prepare = prepare
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

    def publish(self, messages: Sequence[Outgoing]) -> Outcome:
        """Send ``messages`` in their order and wait until the broker has answered for each.

        :raises Transient: if the broker went away meanwhile, or an exchange does not exist: some may have arrived, so send all
            again, on the new connection that the next call makes.
        """
        if not messages:
            return Outcome()
        with self._lock:
            try:
                return self._publish(messages)
            except broker.GONE as error:
                self._reset()
                raise Transient(f"broker: {type(error).__name__}") from error
            except StartUpError as error:
                # what `prepare` declares exists with other arguments; a person has to mend it, and then it goes on
                self._reset()
                raise Transient(f"broker: {error}") from error

    def close(self) -> None:
        """Close the connection; the next ``publish`` opens a new one."""
        with self._lock:
            self._reset()

    def _publish(self, messages: Sequence[Outgoing]) -> Outcome:
        channel = self._open()
        self._outcome, self._sent, self._places = Outcome(), messages, {}
        with _corked(channel.connection.transport):
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
        connection = channel.connection
        while self._waiting:
            connection.drain_events()
        return self._outcome

    def _open(self) -> amqp.Channel:
        if self._channel is not None and self._channel.is_open and not (self._heartbeat and self._heartbeat.lost):
            return self._channel
        self._reset()
        self._connection = broker.connect(self._uri)
        channel = self._connection.channel()
        if self._prepare is not None:
            self._prepare(channel)
        channel.confirm_select()
        # every wait for a confirm is bounded by the socket: setting it once is cheaper than for each frame
        channel.connection.transport.sock.settimeout(_CONFIRM_SECONDS)
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        channel.events["basic_return"].add(self._on_return)
        self._heartbeat = broker.Heartbeat(self._connection, self._lock).start()
        self._channel = channel
        self.connections += 1
        return channel

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


class Content(amqp.Message):  # type: ignore[misc]  # py-amqp has no types
    """A message of ours, with a fast encoder for headers of text and small numbers; others take py-amqp's, which costs twice as much."""

    def encode_properties(self) -> bytes:
        """Encode the properties for the wire."""
        return self._usual() or bytes(super()._serialize_properties())

    _serialize_properties = encode_properties  # what py-amqp calls

    def _usual(self) -> bytes | None:
        properties = self.properties
        content_type, message_id = properties["content_type"].encode(), properties["message_id"].encode()
        table = bytearray()
        for name, value in properties["application_headers"].items():
            key = name.encode()
            if type(value) is str:
                text = value.encode()
                table += b"%c%bS%b%b" % (len(key), key, _LONG(len(text)), text)
            elif type(value) is int and -_INT32 <= value < _INT32:
                table += b"%c%bI%b" % (len(key), key, _SIGNED(value))
            else:
                return None
        return b"%b%c%b%b%b%c%c%b" % (
            _FLAGS, len(content_type), content_type, _LONG(len(table)), bytes(table), properties["delivery_mode"], len(message_id), message_id,
        )  # fmt: skip


@contextmanager
def _corked(transport: Any) -> Iterator[None]:
    """Buffer the frames written inside and send them at once: one system call instead of one per message."""
    write, buffer = transport._write, bytearray()  # noqa: SLF001  # py-amqp 5.4
    transport._write = buffer.extend  # noqa: SLF001  # py-amqp 5.4
    try:
        yield
    finally:
        transport._write = write  # noqa: SLF001  # py-amqp 5.4
    transport.write(buffer)
