"""The faults tests' own hands on the broker: a tap on what is published, and poison."""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError, ChannelClosedByBroker

from services.chassis.facts.envelope import PREFIX, Envelope, type_of
from services.chassis.ids import uuid7

KINDS = ("undecodable", "unknown_type", "unknown_version")


class Poison(NamedTuple):
    """A message that the office cannot handle, and the dossier it is about."""

    kind: str
    id: str
    dossier_no: str
    headers: dict[str, Any]
    body: bytes
    #: what an undecodable body should have been
    meant: dict[str, Any]


def poison(kind: str, number: int) -> Poison:
    """One bad message of ``kind`` about dossier ``P-<number>``."""
    dossier_no = f"P-{number}"
    fact, version = {"unknown_type": ("dossier_refiled", 1), "unknown_version": ("dossier_filed", 2)}.get(
        kind, ("dossier_filed", 1)
    )
    envelope = Envelope(
        id=uuid7(),
        source="/vss/intake",
        type=type_of("intake", fact, version),
        subject=dossier_no,
        time="2026-11-21T08:00:00Z",
    )
    meant = {"dossier_no": dossier_no, "number": 1_000_000 + number, "full_name": "Phạm Thị Quỳnh"}
    body = json.dumps(meant, ensure_ascii=False).encode("utf-16" if kind == "undecodable" else "utf-8")
    return Poison(kind, str(envelope.id), dossier_no, envelope.headers(), body, meant)


@contextmanager
def channel(uri: str, *, seconds: float = 30.0) -> Iterator[BlockingChannel]:
    """A channel for a moment; the broker may just be starting again."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            connection = pika.BlockingConnection(pika.URLParameters(uri))
            break
        except (AMQPError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
    try:
        yield connection.channel()
    finally:
        if connection.is_open:
            connection.close()


def tap(uri: str, exchange: str, key: str, queue: str) -> None:
    """Keep a copy of everything that is published with ``key``."""
    with channel(uri) as ch:
        ch.exchange_declare(exchange, "topic", durable=True)
        ch.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
        ch.queue_bind(queue, exchange, key)


def wait_for_queue(uri: str, queue: str, seconds: float = 60.0) -> None:
    """Until the service has declared its queue."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with channel(uri) as ch:
                ch.queue_declare(queue, passive=True)
            return
        except ChannelClosedByBroker:
            assert time.monotonic() < deadline, f"{queue} was never declared"
            time.sleep(0.2)


def publish(uri: str, queue: str, messages: Sequence[Poison]) -> None:
    """Put messages straight into ``queue``, each confirmed."""
    with channel(uri) as ch:
        ch.confirm_delivery()
        for message in messages:
            properties = pika.BasicProperties(
                message_id=message.id, headers=message.headers, delivery_mode=2, content_type="application/json"
            )
            ch.basic_publish("", queue, message.body, properties, mandatory=True)


def depths(uri: str, queues: Iterable[str]) -> dict[str, int]:
    """Messages waiting in each queue."""
    with channel(uri) as ch:
        return {queue: ch.queue_declare(queue, passive=True).method.message_count for queue in queues}


def take_subjects(uri: str, queue: str) -> list[str]:
    """The dossier numbers of everything in ``queue``, which is empty afterwards."""
    taken = []
    with channel(uri) as ch:
        for method, properties, _body in ch.consume(queue, auto_ack=True, inactivity_timeout=1.0):
            if method is None or properties is None:
                break
            taken.append(str((properties.headers or {})[PREFIX + "subject"]))
    return taken
