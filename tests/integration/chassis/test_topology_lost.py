"""Somebody deletes a queue, a binding or a whole virtual host under a running service: it makes all of it anew, and says so."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pika
import pika.exceptions
import pytest

from services.chassis.bus import consumer as consumers
from services.chassis.bus.batch import Batch, Work
from services.chassis.bus.consumer import Consumer
from services.chassis.bus.reading import Reading
from services.chassis.bus.topology import Topology, of_service
from services.chassis.database import Database
from services.chassis.testing import RabbitNode
from tests.integration.chassis.programs.desk import Filed
from tests.stand import broker
from tests.stand.link import Link
from tests.stand.messages import Message, filed
from tests.stand.place import eventually


class Desk:
    """A consumer, and what it has received and noticed."""

    def __init__(self, uri: str, topology: Topology) -> None:
        # the batches are only looked at: no database is opened
        work = Work(
            "desk", Database("sqlite:////nowhere/desk.sqlite3"), Reading("desk", {Filed: lambda _session, _fact: None}), (1,)
        )
        self.ids: list[str] = []
        self.lost: list[str] = []
        self.consumer = Consumer(
            work, uri, topology, self.receive, batch_size=10, prefetch=10, on_queue_lost=self.lost.append
        )

    def receive(self, batch: Batch) -> None:
        self.ids += [message.properties["message_id"] for message in batch.messages]

    def until(self, messages: list[Message], seconds: float = 20) -> None:
        wanted = {message.id for message in messages}
        eventually(lambda: wanted <= set(self.ids), f"received {len(wanted)}", seconds)


@contextmanager
def consuming(uri: str, delivery_limit: int = 50) -> Iterator[Desk]:
    """A consumer of the desk's queue; each batch only tells what it got."""
    topology = of_service("desk", [("front", "filed")], max_bytes=10**8, delivery_limit=delivery_limit)
    desk = Desk(uri, topology)
    threads = [threading.Thread(target=target, daemon=True) for target in (desk.consumer.read, desk.consumer.handle)]
    for thread in threads:
        thread.start()
    try:
        yield desk
    finally:
        desk.consumer.stop(5)
        for thread in threads:
            thread.join(15)
            assert not thread.is_alive()


def well(desk: Desk) -> None:
    eventually(lambda: desk.consumer.problem() is None, "well")


def send(uri: str, *numbers: int) -> list[Message]:
    """Send once there is a way."""
    messages = [filed(number) for number in numbers]
    broker.send(uri, messages)
    return messages


@pytest.mark.parametrize("queue", ["desk.in.v1", "desk.parked"])
def test_a_deleted_queue_is_there_again_at_once_and_is_reported(amqp_uri: str, queue: str) -> None:
    with consuming(amqp_uri) as desk:
        eventually(lambda: bool(desk.lost), "first declared")
        desk.until(send(amqp_uri, 1))
        desk.lost.clear()
        with broker.channel(amqp_uri) as channel:
            channel.queue_delete(queue)
        eventually(lambda: bool(desk.lost), "noticed", 5)
        well(desk)
        desk.until(send(amqp_uri, 2))
    assert desk.lost == [queue]


def test_a_binding_that_somebody_removed_comes_back(amqp_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "DECLARE_SECONDS", 1.0)
    with consuming(amqp_uri) as desk:
        well(desk)
        desk.until(send(amqp_uri, 1))
        with broker.channel(amqp_uri) as channel:
            channel.queue_unbind("desk.in.v1", "front.events", "filed")
            # on the same channel: the consumer may bind again a moment later
            with pytest.raises(pika.exceptions.UnroutableError):
                channel.basic_publish("front.events", "filed", b"{}", mandatory=True)
        eventually(lambda: is_routed(amqp_uri, 3), "bound again", 5)
        desk.until(send(amqp_uri, 4))


def is_routed(uri: str, number: int) -> bool:
    try:
        send(uri, number)
    except pika.exceptions.UnroutableError:
        return False
    return True


def test_a_service_goes_on_when_its_virtual_host_was_deleted_and_made_again(amqp_uri: str, rabbit: RabbitNode) -> None:
    name = pika.URLParameters(amqp_uri).virtual_host
    with consuming(amqp_uri) as desk:
        desk.until(send(amqp_uri, 1))
        desk.lost.clear()
        rabbit.delete_vhost(name)
        eventually(lambda: "not connected" in str(desk.consumer.problem()), "noticed")
        rabbit.create_vhost(name)
        eventually(lambda: set(desk.lost) == {"desk.in.v1", "desk.parked"}, "made anew")
        desk.until(send(amqp_uri, 2))


def test_what_does_not_fit_is_said_and_the_queue_is_read_all_the_same(amqp_uri: str) -> None:
    with consuming(amqp_uri) as desk:
        desk.until(send(amqp_uri, 1))
    with consuming(amqp_uri, delivery_limit=7) as other:
        eventually(
            lambda: "queue desk.in.v1 exists in the broker with other arguments" in str(other.consumer.problem()), "said"
        )
        other.until(send(amqp_uri, 2))


def test_a_reader_notices_a_broker_that_fell_silent(amqp_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.chassis.bus.connection.HEARTBEAT_SECONDS", 1)
    with Link(amqp_uri) as link, consuming(link.uri) as desk:
        desk.until(send(amqp_uri, 1))
        began = time.monotonic()
        link.silence()
        eventually(lambda: "not connected" in str(desk.consumer.problem()), "noticed", 10)
        assert time.monotonic() - began < 10
        link.cut()
        link.mend()
        well(desk)
        desk.until(send(amqp_uri, 2))
