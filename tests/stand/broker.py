"""Use the broker from outside: send, inspect and take messages. With pika, so that the bus is not tested with its own tools."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pika
import pika.exceptions
from pika.adapters.blocking_connection import BlockingChannel

from tests.stand.messages import Message


class Taken(NamedTuple):
    """A message taken from a queue."""

    properties: pika.BasicProperties
    body: bytes
    routing_key: str

    @property
    def headers(self) -> dict[str, Any]:
        return dict(self.properties.headers or {})


@contextmanager
def channel(uri: str) -> Iterator[BlockingChannel]:
    """Open a channel with confirms, on its own connection."""
    connection = pika.BlockingConnection(pika.URLParameters(uri))
    try:
        opened = connection.channel()
        opened.confirm_delivery()
        yield opened
    finally:
        if connection.is_open:
            connection.close()


def send(uri: str, messages: Iterable[Message], *, queue: str | None = None, seconds: float = 10) -> None:
    """Send each to its exchange, or straight into `queue`; return once the broker has confirmed all.

    A service serves before it has declared anything, so the way of the first message is waited for, up to `seconds`.

    :raises UnroutableError: for a message that reaches no queue.
    """
    left, until = list(messages), time.monotonic() + seconds
    total = len(left)
    while left:
        with channel(uri) as opened:
            try:
                while left:
                    where = ("", queue) if queue else (left[0].exchange, left[0].routing_key)
                    opened.basic_publish(*where, left[0].body, left[0].properties, mandatory=True)
                    del left[0]
            except (pika.exceptions.ChannelClosedByBroker, pika.exceptions.UnroutableError):
                if len(left) < total or time.monotonic() > until:
                    raise
                time.sleep(0.05)


def depth(uri: str, queue: str) -> int:
    """Return the number of ready messages in `queue`, without unacknowledged ones."""
    with channel(uri) as opened:
        return int(opened.queue_declare(queue, passive=True).method.message_count)


def take(uri: str, queue: str, count: int | None = None, seconds: float = 20) -> list[Taken]:
    """Take `count` messages from `queue` (by default all) and ack them.

    :raises AssertionError: if there are fewer after `seconds`.
    """
    taken: list[Taken] = []
    until = time.monotonic() + seconds
    with channel(uri) as opened:
        while count is None or len(taken) < count:
            method, properties, body = opened.basic_get(queue)
            if method is not None:
                assert properties is not None
                assert body is not None
                taken.append(Taken(properties, body, method.routing_key or ""))
                opened.basic_ack(method.delivery_tag or 0)
            elif count is None:
                break
            else:
                assert time.monotonic() < until, f"{len(taken)} messages in {queue} instead of {count}"
                time.sleep(0.05)
    return taken


def listen(uri: str, exchange: str, key: str, queue: str = "listener", **arguments: Any) -> str:
    """Declare a durable quorum queue for the test, bind it to `key`, and return its name."""
    with channel(uri) as opened:
        opened.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"} | arguments)
        opened.queue_bind(queue, exchange, key)
    return queue
