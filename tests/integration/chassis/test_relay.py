"""The relay, on both databases and the real broker: every fact goes out, in order, or waits where it cannot be lost."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import prometheus_client as metrics
import pytest
import sqlalchemy as sa

from services.chassis.bus import connection, outbox, topology
from services.chassis.bus.outbox import record
from services.chassis.bus.relay import Relay
from services.chassis.database import Database
from services.chassis.facts.envelope import public_schema_of, schema_of
from services.chassis.observe.cause import Cause, cause
from tests.integration.chassis.programs.desk import Looked, TakenUp
from tests.stand import broker
from tests.stand.link import Link
from tests.stand.place import Place, eventually

pytestmark = pytest.mark.slow


@pytest.fixture
def db(place: Place) -> Iterator[Database]:
    """The desk's database, and its part of the broker; nobody reads its facts."""
    outbox.publish_as("desk")
    database = Database(place.database_url)
    database.migrate()
    own = topology.of_service("desk", [], max_bytes=10**8, delivery_limit=50)
    opened = connection.connect(place.amqp_uri)
    connection.declare(opened.channel(), own)
    connection.close(opened)
    yield database
    database.dispose()


@contextmanager
def relaying(db: Database, uri: str, **settings: Any) -> Iterator[Relay]:
    """A relay at work in a thread; it must end by itself when told to."""
    relay = Relay(db, uri, "desk", **settings)
    thread = threading.Thread(target=relay.run)
    thread.start()
    try:
        yield relay
    finally:
        relay.stop(5)
        thread.join(15)
        assert not thread.is_alive()


def tell(db: Database, *numbers: int, name: str = "Bích Ngọc", fact: Any = TakenUp) -> None:
    """Record facts, each in a transaction of its own."""
    for number in numbers:
        with db.write() as session:
            own = {"dossier_no": str(number)} | ({"full_name": name} if fact is TakenUp else {})
            record(session, fact(**own), revision=number)


def waiting(db: Database, table: str = "outbox") -> int:
    with db.read() as session:
        return session.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0


def numbers(taken: list[broker.Taken]) -> list[int]:
    return [int(json.loads(one.body)["dossier_no"]) for one in taken]


def listen(place: Place, **arguments: Any) -> str:
    return broker.listen(place.amqp_uri, "desk.events", "#", "listener", **arguments)


def test_what_went_out_is_counted_by_fact(db: Database, place: Place) -> None:
    def counted(fact: str) -> float:
        return metrics.REGISTRY.get_sample_value("vss_facts_total", {"service": "desk", "fact": fact}) or 0.0

    before = counted("taken_up"), counted("looked")
    listen(place)
    tell(db, *range(3))
    tell(db, 4, fact=Looked)
    with relaying(db, place.amqp_uri):
        eventually(lambda: waiting(db) == 0, "all sent")
    assert (counted("taken_up") - before[0], counted("looked") - before[1]) == (3, 1)


def test_facts_go_out_in_the_order_of_their_commits(db: Database, place: Place) -> None:
    listen(place)
    tell(db, *range(50))
    with relaying(db, place.amqp_uri, window=7):
        tell(db, *range(50, 80))
        taken = place.take("listener", 80)
    assert numbers(taken) == list(range(80))
    assert waiting(db) == 0
    first = taken[0]
    assert first.routing_key == "taken_up"
    assert first.properties.message_id == first.headers["cloudEvents:id"]
    assert (first.properties.content_type, first.properties.delivery_mode) == ("application/json", 2)
    assert json.loads(first.body) == {"dossier_no": "0", "full_name": "Bích Ngọc"}


def test_while_the_broker_is_away_facts_wait_and_then_go_in_order(db: Database, place: Place) -> None:
    listen(place)
    with Link(place.amqp_uri) as link, relaying(db, link.uri, window=10):
        tell(db, 0)
        taken = place.take("listener", 1)
        eventually(lambda: waiting(db) == 0, "confirmed")
        link.cut()
        tell(db, *range(1, 41))
        assert waiting(db) == 40
        link.mend()
        taken += place.take("listener", 40)
        eventually(lambda: waiting(db) == 0, "all gone")
        taken += place.take("listener")
    # what was under way when the line broke may come twice, and a reader drops the copy by its id
    distinct = list(dict.fromkeys(numbers(taken)))
    assert distinct == list(range(41))


def test_a_fact_nobody_reads_is_set_aside_and_goes_out_when_a_reader_comes(db: Database, place: Place) -> None:
    with relaying(db, place.amqp_uri):
        tell(db, *range(30))
        eventually(lambda: waiting(db, "outbox_unrouted") == 30, "set aside")
        assert waiting(db) == 0
        listen(place)
        # recorded when there is a reader, while the older ones are still aside
        tell(db, *range(30, 40))
        taken = place.take("listener", 40)
        eventually(lambda: waiting(db) + waiting(db, "outbox_unrouted") == 0, "all gone")
        taken += place.take("listener")
    assert list(dict.fromkeys(numbers(taken))) == list(range(40)), "in order, though the first ones had to wait"
    assert len(taken) <= 41, "only the one that found the reader came twice"


def test_what_was_set_aside_is_remembered_by_the_next_relay(db: Database, place: Place) -> None:
    with relaying(db, place.amqp_uri):
        tell(db, *range(5))
        eventually(lambda: waiting(db, "outbox_unrouted") == 5, "set aside")
    listen(place)
    tell(db, *range(5, 8))
    with relaying(db, place.amqp_uri):
        taken = place.take("listener", 8)
        eventually(lambda: waiting(db) + waiting(db, "outbox_unrouted") == 0, "all gone")
        taken += place.take("listener")
    assert list(dict.fromkeys(numbers(taken))) == list(range(8))


def test_a_fact_without_a_reader_holds_up_no_other(db: Database, place: Place) -> None:
    broker.listen(place.amqp_uri, "desk.events", "looked", "listener")
    with relaying(db, place.amqp_uri):
        tell(db, 1)
        tell(db, 2, fact=Looked)
        tell(db, 3)
        tell(db, 4, fact=Looked)
        assert numbers(place.take("listener", 2)) == [2, 4]
        eventually(lambda: waiting(db, "outbox_unrouted") == 2, "set aside")
    assert waiting(db) == 0


def test_a_fact_that_needs_no_reader_is_dropped_without_one(db: Database, place: Place) -> None:
    with relaying(db, place.amqp_uri):
        tell(db, *range(10), fact=Looked)
        eventually(lambda: waiting(db) == 0, "sent")
    assert waiting(db, "outbox_unrouted") == 0


def test_a_full_queue_makes_facts_wait_and_loses_none(db: Database, place: Place) -> None:
    listen(place, **{"x-max-length-bytes": 20_000, "x-overflow": "reject-publish"})
    tell(db, *range(60), name="Ngọc " * 400)
    with relaying(db, place.amqp_uri, window=5):
        eventually(lambda: place.depth("listener") >= 5, "some arrived")
        # a quorum queue counts a little late, so it lets a few more in than its limit says
        assert waiting(db) >= 20
        taken: list[broker.Taken] = []
        for _ in range(200):
            taken += place.take("listener")
            if waiting(db) == 0:
                break
            threading.Event().wait(0.1)
        assert waiting(db) == 0
        taken += place.take("listener")
    assert sorted(set(numbers(taken))) == list(range(60))


def from_the_stream(place: Place, count: int) -> list[broker.Taken]:
    """The first messages of the public stream, read as another agency would."""
    taken: list[broker.Taken] = []
    with broker.channel(place.amqp_uri) as channel:
        channel.basic_qos(prefetch_count=100)
        first = channel.consume("public.stream", arguments={"x-stream-offset": "first"}, inactivity_timeout=10)
        for method, properties, body in first:
            if not (method and properties and body and method.routing_key):
                raise AssertionError(f"{len(taken)} messages in the stream instead of {count}")
            taken.append(broker.Taken(properties, body, method.routing_key))
            channel.basic_ack(method.delivery_tag or 0)
            if len(taken) == count:
                return taken
    raise AssertionError


def test_the_public_feed_has_the_public_fields_and_can_be_read_from_its_beginning(db: Database, place: Place) -> None:
    broker.listen(place.amqp_uri, "public.events", "desk.taken_up", "agency")
    listen(place)
    token = cause.set(Cause("thread-1", "the-cause"))
    with relaying(db, place.amqp_uri):
        tell(db, 1, 2)
        full = place.take("listener", 2)
        told = place.take("agency", 2)
    cause.reset(token)
    streamed = from_the_stream(place, 2)
    for mine, theirs, later in zip(full, told, streamed, strict=True):
        assert json.loads(theirs.body) == {"dossier_no": json.loads(mine.body)["dossier_no"]}
        assert theirs.routing_key == "desk.taken_up"
        assert theirs.properties.message_id == mine.properties.message_id
        # who caused what inside, and traces, are nobody else's business; the schema is that of the reduced fact
        inside = ("cloudEvents:causationid", "cloudEvents:traceparent")
        expected = {name: value for name, value in _envelope(mine).items() if name not in inside}
        expected["cloudEvents:dataschema"] = public_schema_of(schema_of("desk", "taken_up", 1))
        assert _envelope(theirs) == expected
        assert later.body == theirs.body
        assert _envelope(later) == expected
        for name in ("Ngọc", "the-cause"):
            assert name.encode() not in theirs.body
            assert name not in str(theirs.headers)


def _envelope(taken: broker.Taken) -> dict[str, Any]:
    """Without what the broker adds."""
    return {name: value for name, value in taken.headers.items() if not name.startswith("x-")}


def test_a_fact_nobody_reads_yet_is_on_the_public_feed_at_once_and_only_once(db: Database, place: Place) -> None:
    broker.listen(place.amqp_uri, "public.events", "#", "agency")
    with relaying(db, place.amqp_uri):
        tell(db, 1)
        place.take("agency", 1)
        eventually(lambda: waiting(db, "outbox_unrouted") == 1, "set aside")
        tell(db, 2)
        place.take("agency", 1)
        listen(place)
        place.take("listener", 2)
        eventually(lambda: waiting(db) + waiting(db, "outbox_unrouted") == 0, "all gone")
        assert not place.take("agency")


def test_facts_of_a_process_that_stands_by_are_looked_for_soon(db: Database, place: Place) -> None:
    queue = broker.listen(place.amqp_uri, "desk.events", "#")
    other = Database(place.database_url)
    with relaying(db, place.amqp_uri, poll_seconds=0.05) as leader:
        eventually(lambda: leader.leads, "one leads")
        with relaying(other, place.amqp_uri, poll_seconds=0.05):
            eventually(lambda: leader.knows_others, "the one that leads has seen the other")
            silent = Database(place.database_url)  # its commits wake nobody
            tell(silent, 1, 2)
            assert len(broker.take(place.amqp_uri, queue, 2)) == 2
            silent.dispose()
    assert not leader.leads
    other.dispose()


def test_a_relay_that_is_alone_looks_seldom_and_is_woken_by_its_own_process(db: Database, place: Place) -> None:
    queue = broker.listen(place.amqp_uri, "desk.events", "#")
    looks = 0

    def count(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        nonlocal looks
        looks += "FROM outbox ORDER BY" in " ".join(statement.split())

    sa.event.listen(sa.Engine, "before_cursor_execute", count)
    try:
        with relaying(db, place.amqp_uri, poll_seconds=0.001) as relay:
            eventually(lambda: relay.leads, "leads")
            looks = 0
            time.sleep(2)
            assert 2 <= looks <= 8
            began = time.monotonic()
            for number in range(1, 6):
                tell(db, number)
                assert len(broker.take(place.amqp_uri, queue, 1)) == 1
            assert time.monotonic() - began < 5 * 0.5
            assert not relay.knows_others
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", count)


def test_a_stop_sends_what_is_recorded(db: Database, place: Place) -> None:
    listen(place)
    with relaying(db, place.amqp_uri, poll_seconds=30) as relay:
        tell(db, *range(200))
        assert relay.stop(10)
    assert waiting(db) == 0
    assert len(place.take("listener")) == 200


def test_a_stop_while_the_broker_is_away_keeps_what_is_recorded(db: Database, place: Place) -> None:
    listen(place)
    with Link(place.amqp_uri, cut=True) as link, relaying(db, link.uri) as relay:
        tell(db, *range(20))
        assert relay.stop(5)
    assert waiting(db) == 20
