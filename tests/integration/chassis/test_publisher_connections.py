"""The publisher on the real broker: it prepares each connection, and goes on when the broker has lost what it publishes to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import amqp
import pika
import prometheus_client
import pytest
import structlog

from services.chassis.bus import connection
from services.chassis.bus.presence import Presence
from services.chassis.bus.publisher import Outcome, Outgoing, Publisher, Unanswered
from services.chassis.bus.topology import Exchange, Queue, Topology
from services.chassis.errors import Transient
from services.chassis.testing import RabbitNode
from services.chassis.testing.processes import wait_until
from tests.stand import broker
from tests.stand.alarms import disk_alarm, memory_alarm
from tests.stand.link import Link

OWN = Topology((Exchange("desk.events"),), (), ())


def declare_own(channel: amqp.Channel) -> None:
    connection.declare(channel, OWN, "desk")


@pytest.fixture
def publishers(amqp_uri: str) -> Iterator[Callable[..., Publisher]]:
    """Make publishers; they are closed at the end."""
    made: list[Publisher] = []

    def make(
        uri: str = amqp_uri, prepare: Callable[[amqp.Channel], None] = declare_own, presence: Presence | None = None
    ) -> Publisher:
        made.append(Publisher(uri, prepare, presence))
        return made[-1]

    yield make
    for publisher in made:
        publisher.close()


def message(name: str, exchange: str = "desk.events", body: bytes = b"{}") -> Outgoing:
    return Outgoing(exchange, "taken_up", body, {}, name)


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
    publisher = publishers(prepare=lambda channel: connection.declare(channel, other, "desk"))
    with pytest.raises(Transient, match=r"desk\.in\.v1 exists in the broker with other arguments"):
        publisher.publish([message("1", "amq.topic")])
    with broker.channel(amqp_uri) as opened:
        opened.queue_delete("desk.in.v1")
    assert publisher.publish([message("1", "amq.topic")]).returned == {0}


def listening(uri: str) -> str:
    with broker.channel(uri) as opened:
        opened.exchange_declare("desk.events", "topic", durable=True)
    return broker.listen(uri, "desk.events", "#")


@pytest.mark.parametrize("alarm", [disk_alarm, memory_alarm])
def test_a_blocked_broker_gets_each_message_once_when_it_goes_on(
    amqp_uri: str, rabbit: RabbitNode, publishers: Callable[..., Publisher], alarm: Callable[..., Any]
) -> None:
    publisher, queue = publishers(), listening(amqp_uri)
    publisher.publish([message("0")])
    many = [
        message(str(number), body=b"x" * 20_000) for number in range(1, 601)
    ]  # more than fits into the buffers on the way
    with ThreadPoolExecutor(1) as aside:
        with alarm(rabbit):
            sent = aside.submit(publisher.publish, many)
            assert wait_until(lambda: publisher.blocked is not None, 10)
            assert publisher.blocked in ("low on disk", "low on memory")
            time.sleep(3)  # py-amqp's own settings end a blocked connection after one second
            assert not sent.done()
            assert broker.depth(amqp_uri, queue) == 1
        assert sent.result(30) == Outcome()
    assert [publisher.blocked, publisher.connections] == [None, 1]
    assert [one.properties.message_id for one in broker.take(amqp_uri, queue)] == [str(number) for number in range(601)]


def test_a_block_is_logged_and_counted_once(amqp_uri: str, rabbit: RabbitNode, publishers: Callable[..., Publisher]) -> None:
    presence = Presence("block", "relay")
    publisher = publishers(presence=presence)
    with structlog.testing.capture_logs() as events, ThreadPoolExecutor(1) as aside:
        publisher.publish([message("0")])
        assert (gauge("connected"), gauge("blocked"), presence.problem()) == (1, 0, None)
        with disk_alarm(rabbit):
            sent = aside.submit(publisher.publish, [message("1")])
            assert wait_until(lambda: gauge("blocked") == 1, 10)
            assert "takes no messages: low on disk" in str(presence.problem())
        sent.result(10)
        assert (gauge("blocked"), presence.problem()) == (0, None)
        publisher.close()
        assert (gauge("connected"), presence.problem()) == (0, None)  # not needed any more is no problem
    assert [(event["event"], event.get("reason")) for event in events] == [
        ("broker_blocks", "low on disk"),
        ("broker_unblocks", None),
    ]


def test_a_broker_that_falls_silent_is_given_up_and_found_again(
    amqp_uri: str, publishers: Callable[..., Publisher], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HEARTBEAT_SECONDS", 1)
    queue = listening(amqp_uri)
    with Link(amqp_uri) as link:
        publisher = publishers(link.uri, presence=(presence := Presence("silent", "relay")))
        publisher.publish([message("1")])
        link.silence()
        began = time.monotonic()
        with pytest.raises(Transient, match="heartbeats missed"):
            publisher.publish([message("2")])
        assert time.monotonic() - began < 10
        with pytest.raises(Transient):
            publisher.publish([message("2")])  # it accepts connections, and answers none
        assert time.monotonic() - began < 20
        assert "not connected to the broker" in str(presence.problem())
        link.cut()
        link.mend()
        assert publisher.publish([message("2")]) == Outcome()
        assert presence.problem() is None
    assert [one.properties.message_id for one in broker.take(amqp_uri, queue)] == ["1", "2"]


def test_confirms_that_never_come_have_an_end_and_name_the_messages(
    amqp_uri: str, rabbit: RabbitNode, publishers: Callable[..., Publisher], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.chassis.bus.publisher.CONFIRM_SECONDS", 2.0)
    listening(amqp_uri)
    with broker.channel(amqp_uri) as opened:
        opened.exchange_declare("stuck", "topic")
        broker.listen(amqp_uri, "stuck", "#", "stuck")
    publisher = publishers()
    publisher.publish([message("0", "stuck")])
    suspend(rabbit, amqp_uri, "stuck")
    try:
        with pytest.raises(Unanswered) as caught:
            publisher.publish([message("1"), message("2", "stuck"), message("3")])
        assert caught.value.positions == {1}
        assert publisher.publish([message("4")]) == Outcome()
    finally:
        suspend(rabbit, amqp_uri, "stuck", "resume")


def suspend(rabbit: RabbitNode, uri: str, queue: str, verb: str = "suspend") -> None:
    """Have a queue's process stand still, while the broker goes on."""
    vhost = pika.URLParameters(uri).virtual_host
    rabbit.evaluate(
        f'{{ok, Q}} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"{vhost}">>, queue, <<"{queue}">>)), '
        f"{{Name, _}} = amqqueue:get_pid(Q), sys:{verb}(whereis(Name))."
    )


def gauge(name: str) -> float | None:
    return prometheus_client.REGISTRY.get_sample_value(f"vss_broker_{name}", {"service": "block", "role": "relay"})
