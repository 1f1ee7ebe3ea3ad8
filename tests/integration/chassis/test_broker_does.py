"""What we ask of the broker by the arguments of our queues, it does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.chassis.bus import connection, topology
from tests.stand import broker
from tests.stand.messages import filed


@pytest.fixture
def declared(amqp_uri: str) -> Iterator[str]:
    """The desk's part of the broker, and nobody at work there."""
    table = topology.of_service("desk", [("front", "filed")], max_bytes=1_000_000, delivery_limit=2)
    opened = connection.connect(amqp_uri)
    connection.declare(opened.channel(), table, "desk")
    connection.declare(opened.channel(), table, "desk")  # a second process of the service
    yield amqp_uri
    connection.close(opened)


def test_a_message_that_ends_its_reader_again_and_again_is_put_aside_by_the_broker(declared: str) -> None:
    message = filed(1)
    broker.send(declared, [message])
    for _ in range(3):
        with broker.channel(declared) as channel:
            method, _, _ = channel.basic_get("desk.in.v1")
            assert method is not None
            # the connection ends without an ack, as when the process has died
    (given_up,) = broker.take(declared, "desk.parked", 1)
    assert given_up.properties.message_id == message.id
    assert given_up.body == message.body
    death = given_up.headers["x-death"][0]
    assert (death["reason"], death["exchange"], death["routing-keys"]) == ("delivery_limit", "front.events", ["filed"])


def test_what_is_sent_while_nobody_is_at_work_waits(declared: str) -> None:
    broker.send(declared, [filed(number) for number in range(20)])
    assert broker.depth(declared, "desk.in.v1") == 20
