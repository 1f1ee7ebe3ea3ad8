"""The publisher on the real broker: it prepares each connection, and goes on when the broker has lost what it publishes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import amqp
import pytest

from services.chassis.bus import connection
from services.chassis.bus.publisher import Outcome, Outgoing, Publisher
from services.chassis.bus.topology import Exchange, Queue, Topology
from services.chassis.errors import Transient
from tests.stand import broker

OWN = Topology((Exchange("desk.events"),), (), ())


def declare_own(channel: amqp.Channel) -> None:
    connection.declare(channel, OWN)


@pytest.fixture
def publishers(amqp_uri: str) -> Iterator[Callable[..., Publisher]]:
    """Make publishers; they are closed at the end."""
    made: list[Publisher] = []

    def make(uri: str = amqp_uri, prepare: Callable[[amqp.Channel], None] = declare_own) -> Publisher:
        made.append(Publisher(uri, prepare))
        return made[-1]

    yield make
    for publisher in made:
        publisher.close()


def message(name: str, exchange: str = "desk.events") -> Outgoing:
    return Outgoing(exchange, "taken_up", b"{}", {}, name)


def test_a_publisher_prepares_its_exchanges_before_it_sends(amqp_uri: str, publishers: Callable[..., Publisher]) -> None:
    publisher = publishers()
    assert publisher.connections == 0
    assert publisher.publish([message("1")]).returned == {0}  # nobody is bound yet, but the exchange is there
    assert publisher.connections == 1


def test_an_exchange_that_somebody_deleted_is_there_again_at_the_next_try(
    amqp_uri: str, publishers: Callable[..., Publisher]
) -> None:
    publisher = publishers()
    publisher.publish([message("1")])
    with broker.channel(amqp_uri) as opened:
        opened.exchange_delete("desk.events")
    with pytest.raises(Transient, match="NotFound"):
        publisher.publish([message("2")])
    queue = listening(amqp_uri)
    assert publisher.publish([message("2")]) == Outcome()
    assert publisher.connections == 2
    assert [one.properties.message_id for one in broker.take(amqp_uri, queue, 1)] == ["2"]


def test_what_cannot_be_prepared_is_said_and_tried_again(amqp_uri: str, publishers: Callable[..., Publisher]) -> None:
    other = Topology((), (Queue("desk.in.v1", {"x-queue-type": "quorum"}),), ())
    with broker.channel(amqp_uri) as opened:
        opened.queue_declare("desk.in.v1", durable=True)
    publisher = publishers(prepare=lambda channel: connection.declare(channel, other))
    with pytest.raises(Transient, match=r"desk\.in\.v1 exists in the broker with other arguments"):
        publisher.publish([message("1", "amq.topic")])
    with broker.channel(amqp_uri) as opened:
        opened.queue_delete("desk.in.v1")
    assert publisher.publish([message("1", "amq.topic")]).returned == {0}


def listening(uri: str) -> str:
    with broker.channel(uri) as opened:
        opened.exchange_declare("desk.events", "topic", durable=True)
    return broker.listen(uri, "desk.events", "#")
