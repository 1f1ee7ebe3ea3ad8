"""Messages whose properties are written byte by byte: what no client library would send, and the broker still accepts."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import amqp

#: flags of the properties, in the order in which they follow the flags
FLAGS = {
    "content_type": 0x8000,
    "content_encoding": 0x4000,
    "headers": 0x2000,
    "delivery_mode": 0x1000,
    "priority": 0x0800,
    "correlation_id": 0x0400,
    "reply_to": 0x0200,
    "expiration": 0x0100,
    "message_id": 0x0080,
    "timestamp": 0x0040,
    "type": 0x0020,
    "user_id": 0x0010,
    "app_id": 0x0008,
    "cluster_id": 0x0004,
}


class Raw(NamedTuple):
    """A message by its bytes; `key` is the routing key, or the queue's name if there is no `exchange`."""

    properties: bytes
    body: bytes
    key: str
    exchange: str = ""


class Item(NamedTuple):
    """A value in a table, with its type's letter."""

    letter: bytes
    value: bytes


def text(value: str | bytes) -> Item:
    value = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    return Item(b"S", struct.pack(">I", len(value)) + value)


def octets(value: bytes) -> Item:
    return Item(b"x", struct.pack(">I", len(value)) + value)


def number(letter: str, value: float) -> Item:
    """A number of the type that RabbitMQ knows by this letter."""
    code = {"b": "b", "B": "B", "s": "h", "u": "H", "I": "i", "i": "I", "l": "q", "f": "f", "d": "d", "T": "Q", "t": "B"}
    return Item(letter.encode(), struct.pack(">" + code[letter], value))


def decimal(scale: int, value: int) -> Item:
    return Item(b"D", struct.pack(">Bi", scale, value))


def nothing() -> Item:
    return Item(b"V", b"")


def table(entries: dict[bytes, Item]) -> Item:
    inner = b"".join(struct.pack(">B", len(key)) + key + item.letter + item.value for key, item in entries.items())
    return Item(b"F", struct.pack(">I", len(inner)) + inner)


def array(items: Iterable[Item]) -> Item:
    inner = b"".join(item.letter + item.value for item in items)
    return Item(b"A", struct.pack(">I", len(inner)) + inner)


def nested(levels: int) -> Item:
    """Arrays in arrays, so many deep, built without recursion."""
    item = nothing()
    for _ in range(levels):
        item = Item(b"A", struct.pack(">I", 1 + len(item.value)) + item.letter + item.value)
    return item


def properties(headers: dict[bytes, Item] | None = None, **values: bytes | int) -> bytes:
    """A property list: short texts as bytes, `delivery_mode`, `priority` and `timestamp` as numbers."""
    given: dict[str, Any] = {**values} | ({} if headers is None else {"headers": table(headers).value})
    parts = []
    for name in FLAGS:
        value = given.get(name)
        if value is None:
            continue
        if name == "headers":
            parts.append(value)
        elif name == "timestamp":
            parts.append(struct.pack(">Q", value))
        elif isinstance(value, int):
            parts.append(struct.pack(">B", value))
        else:
            parts.append(struct.pack(">B", len(value)) + value)
    flags = sum(flag for name, flag in FLAGS.items() if given.get(name) is not None)
    return struct.pack(">H", flags) + b"".join(parts)


class _Message(amqp.Message):
    def __init__(self, raw: Raw) -> None:
        super().__init__(raw.body)
        self.raw = raw.properties

    def _serialize_properties(self) -> bytes:
        return self.raw


class Wire:
    """Sends raw messages with pipelined confirms. Raises RuntimeError when the broker refuses one or cannot route it."""

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri)
        self._connection = amqp.Connection(
            f"{parts.hostname}:{parts.port}",
            userid=unquote(parts.username or "guest"),
            password=unquote(parts.password or "guest"),
            virtual_host=unquote(parts.path[1:]) or "/",
        )
        self._connection.connect()
        self._channel = self._connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._confirmed)
        self._channel.events["basic_nack"].add(self._refused)
        self._channel.events["basic_return"].add(self._returned)
        self._tag = 0
        self._open: set[int] = set()
        self._fault = ""

    def send(self, message: Raw, window: int = 500) -> None:
        """Send; waits while more than `window` are unconfirmed."""
        self._tag += 1
        self._open.add(self._tag)
        self._channel.basic_publish(_Message(message), message.exchange, message.key, mandatory=True)
        self.wait(window)

    def wait(self, at_most: int = 0) -> None:
        while len(self._open) > at_most and not self._fault:
            self._connection.drain_events(timeout=30)
        if self._fault:
            raise RuntimeError(self._fault)

    def close(self) -> None:
        self._connection.close()

    def _confirmed(self, tag: int, multiple: bool) -> None:
        self._open -= {one for one in self._open if one <= tag} if multiple else {tag}

    def _refused(self, tag: int, multiple: bool) -> None:
        self._fault = f"the broker refused message {tag}"

    def _returned(self, error: Exception, exchange: str, key: str, message: amqp.Message) -> None:
        self._fault = f"no queue is bound to {exchange} {key}"


def send(uri: str, *messages: Raw) -> None:
    """Send all and wait for the confirms."""
    wire = Wire(uri)
    for message in messages:
        wire.send(message)
    wire.wait()
    wire.close()
