"""A connection that has nothing to do stays alive: broker and client hear each other's heartbeats."""

from __future__ import annotations

import time

import pytest

from services.chassis.bus import connection
from services.chassis.bus.publisher import Outgoing, Publisher
from tests.stand import broker
from tests.stand.link import Link


def test_a_publisher_that_was_idle_for_long_publishes_at_once(amqp_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEARTBEAT_SECONDS", 1)
    queue = broker.listen(amqp_uri, "amq.topic", "#")
    publisher = Publisher(amqp_uri)
    publisher.publish([Outgoing("amq.topic", "a", b"{}", {}, "1")])
    time.sleep(3.5)  # after two silent intervals py-amqp gives a connection up
    publisher.publish([Outgoing("amq.topic", "a", b"{}", {}, "2")])
    assert len(broker.take(amqp_uri, queue, 2)) == 2
    publisher.close()


def test_a_publisher_whose_connection_broke_while_it_was_idle_has_another(
    amqp_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HEARTBEAT_SECONDS", 1)
    queue = broker.listen(amqp_uri, "amq.topic", "#")
    with Link(amqp_uri) as link:
        publisher = Publisher(link.uri)
        publisher.publish([Outgoing("amq.topic", "a", b"{}", {}, "1")])
        link.cut()
        time.sleep(1)
        link.mend()
        publisher.publish([Outgoing("amq.topic", "a", b"{}", {}, "2")])
        publisher.close()
    assert [one.properties.message_id for one in broker.take(amqp_uri, queue, 2)] == ["1", "2"]
