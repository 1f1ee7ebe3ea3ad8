"""The broker as an outsider sees it: send, look, take. pika, so that the bus is not tested with its own tools."""

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
    """A message taken out of a queue."""

    properties: pika.BasicProperties
    body: bytes
    routing_key: str

    @property
    def headers(self) -> dict[str, Any]:
        return dict(self.properties.headers or {})


@contextmanager
def channel(uri: str) -> Iterator[BlockingChannel]:
    """A channel with confirms, on a connection of its own."""
    connection = pika.BlockingConnection(pika.URLParameters(uri))
    try:
        opened = connection.channel()
        opened.confirm_delivery()
        yield opened
    finally:
        if connection.is_open:
            connection.close()


def send(uri: str, messages: Iterable[Message], *, queue: str | None = None) -> None:
    """Send each to its exchange, or straight into `queue`; returns when the broker has them all.

    Raises UnroutableError for one that nobody reads.
    """
    with channel(uri) as opened:
        for message in messages:
            where = ("", queue) if queue else (message.exchange, message.routing_key)
            opened.basic_publish(*where, message.body, message.properties, mandatory=True)


def depth(uri: str, queue: str) -> int:
    """Messages ready in `queue`; those a consumer holds are not counted."""
    with channel(uri) as opened:
        return int(opened.queue_declare(queue, passive=True).method.message_count)


def take(uri: str, queue: str, count: int | None = None, seconds: float = 20) -> list[Taken]:
    """Take `count` messages out of `queue` (all there are, if left out) and ack them.

    Raises AssertionError if there are fewer after `seconds`.
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
    """A durable quorum queue of the test's own, bound to what it wants to hear."""
    with channel(uri) as opened:
        opened.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"} | arguments)
        opened.queue_bind(queue, exchange, key)
    return queue
