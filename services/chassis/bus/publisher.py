"""Publishing with pipelined confirms: a whole batch is written at once, then every confirm is waited for.

A message counts as sent only when the broker has said so; one that no queue is bound to comes back (``mandatory``) and one
that a full queue refuses is told as refused. Nothing is silent.
"""

import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import amqp
import kombu
from amqp import spec

from services.chassis.bus import connection as broker
from services.chassis.errors import Transient
from services.chassis.facts.envelope import CONTENT_TYPE

_CONFIRM_SECONDS = 30.0
_PERSISTENT = 2
#: content type, headers, delivery mode and message id are present (AMQP 0-9-1, 4.2.6.1)
_USUAL_PROPERTIES = 4
_FLAGS = struct.pack(">H", 0x8000 | 0x2000 | 0x1000 | 0x0080)
_LONG, _SIGNED, _INT32 = struct.Struct(">I").pack, struct.Struct(">i").pack, 2**31


class Outgoing(NamedTuple):
    """One message to be sent."""

    exchange: str
    routing_key: str
    body: bytes
    headers: dict[str, Any]
    message_id: str
    content_type: str = CONTENT_TYPE
    #: further properties, under py-amqp's names
    more: Mapping[str, Any] = MappingProxyType({})


@dataclass(slots=True)
class Outcome:
    """What became of a batch: positions in it. What is in neither set is safe in a queue."""

    returned: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)


class Publisher:
    """One connection that sends batches with confirms. Connects when first used, again after it was lost.

    One thread at a time; use one publisher for each.
    """

    def __init__(self, uri: str) -> None:
        self._uri = uri
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

        :raises Transient: if the broker went away meanwhile: some may have arrived, so send all again.
        """
        if not messages:
            return Outcome()
        with self._lock:
            try:
                return self._publish(messages)
            except broker.GONE as error:
                self._reset()
                raise Transient(f"broker: {type(error).__name__}") from error

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
                    content_type=message.content_type,
                    delivery_mode=_PERSISTENT,
                    message_id=message.message_id,
                    application_headers=message.headers,
                    **message.more,
                )
                # what `basic_publish` does, without its look at the socket before each message
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
        channel.confirm_select()
        # every wait for a confirm is bounded by the socket: setting it once is cheaper than for each frame
        channel.connection.transport.sock.settimeout(_CONFIRM_SECONDS)
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        channel.events["basic_return"].add(self._on_return)
        self._heartbeat = broker.Heartbeat(self._connection, self._lock).start()
        self._channel = channel
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
    """A message that encodes our usual properties in one go; anything unusual goes py-amqp's own way, which costs twice that."""

    def _serialize_properties(self) -> bytes:  # py-amqp's name for it
        return self.encode_properties()

    def encode_properties(self) -> bytes:
        """The properties as they go over the wire."""
        try:
            return self._usual() or bytes(super()._serialize_properties())
        except (AttributeError, UnicodeEncodeError, OverflowError):
            # names and texts of a message that is sent on may be bytes, if they were no UTF-8
            return bytes(super()._serialize_properties())

    def _usual(self) -> bytes | None:
        """The properties on the wire; ``None`` if they are of another kind."""
        properties = self.properties
        if len(properties) != _USUAL_PROPERTIES:
            return None
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
    """Collect the frames written inside and hand them to the socket at once: one system call instead of one a message."""
    write, buffer = transport._write, bytearray()  # noqa: SLF001  # py-amqp 5.4
    transport._write = buffer.extend  # noqa: SLF001  # py-amqp 5.4
    try:
        yield
    finally:
        transport._write = write  # noqa: SLF001  # py-amqp 5.4
    transport.write(buffer)
