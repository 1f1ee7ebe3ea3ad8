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

from services.chassis.bus import connection, fact_log, outbox, topology
from services.chassis.bus.log_store import LogStore, LostLead
from services.chassis.bus.outbox import record
from services.chassis.bus.relay import Relay
from services.chassis.bus.telling import Telling
from services.chassis.database import Database
from services.chassis.facts.envelope import public_schema_of, schema_of
from services.chassis.observe.cause import Cause, cause
from tests.integration.chassis.programs.desk import Looked, TakenUp
from tests.stand import broker
from tests.stand.link import Link
from tests.stand.place import Place, eventually

pytestmark = pytest.mark.slow


TELLING = Telling("desk", {"taken_up": ("listener",), "looked": ("listener",)})
FOR_TWO = Telling("desk", {"taken_up": ("listener",), "looked": ("listener", "other")})


@pytest.fixture
def db(place: Place) -> Iterator[Database]:
    """The desk's database, and its part of the broker; no reader has ever run."""
    outbox.publish_as("desk")
    database = Database(place.database_url)
    database.migrate()
    own = topology.of_service("desk", [], readers=FOR_TWO.readers, max_bytes=10**8, delivery_limit=50)
    opened = connection.connect(place.amqp_uri)
    connection.declare(opened.channel(), own, "desk")
    connection.close(opened)
    yield database
    database.dispose()


@contextmanager
def relaying(db: Database, uri: str, telling: Telling = TELLING, **settings: Any) -> Iterator[Relay]:
    """A relay at work in a thread; it must end by itself when told to."""
    relay = Relay(db, uri, telling, **settings)
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


def waiting(db: Database) -> int:
    """Facts that some reader's queue is still to get."""
    with db.read() as session:
        return fact_log.unsent(session)


def lane(db: Database, reader: str) -> fact_log.Lane:
    with db.read() as session:
        return next(each for each in fact_log.lanes(session) if each.reader == reader)


def numbers(taken: list[broker.Taken]) -> list[int]:
    return [int(json.loads(one.body)["dossier_no"]) for one in taken]


def on_lane(taken: list[broker.Taken]) -> list[int]:
    """The numbers that the source gave them for this reader."""
    return [int(one.headers["vss-number"]) for one in taken]


def fresh(taken: list[broker.Taken]) -> list[broker.Taken]:
    """Without what was told again to show where the end is."""
    return [one for one in taken if "vss-resent" not in one.headers]


def listen(place: Place, reader: str = "listener", arguments: dict[str, Any] | None = None) -> str:
    return broker.listen(place.amqp_uri, topology.lane_exchange("desk", reader), "#", reader, **(arguments or {}))


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


def test_a_reader_that_has_never_run_gets_everything_from_the_first_fact_on_when_it_comes(
    db: Database, place: Place
) -> None:
    with relaying(db, place.amqp_uri):
        tell(db, *range(30))
        eventually(lambda: lane(db, "listener").stopped == "unbound", "the lane stands still")
    listen(place)
    with relaying(db, place.amqp_uri):
        tell(db, *range(30, 40))
        taken = place.take("listener", 40)
        eventually(lambda: waiting(db) == 0, "all gone")
        taken += fresh(place.take("listener"))
    assert numbers(taken) == list(range(40)), "in order, and none twice"
    assert on_lane(taken) == list(range(1, 41)), "numbered without holes"
    assert lane(db, "listener").stopped is None


def test_a_reader_without_a_queue_holds_up_no_other(db: Database, place: Place) -> None:
    listen(place, "other")
    with relaying(db, place.amqp_uri, FOR_TWO):
        tell(db, 1)
        tell(db, 2, fact=Looked)
        tell(db, 3)
        tell(db, 4, fact=Looked)
        taken = place.take("other", 2)
        assert numbers(taken) == [2, 4]
        assert on_lane(taken) == [1, 2]
        eventually(lambda: lane(db, "listener").behind == 4, "the other lane waits")
    assert (lane(db, "listener").stopped, lane(db, "other").stopped) == ("unbound", None)


def test_a_removed_binding_stops_the_lane_and_loses_nothing(db: Database, place: Place) -> None:
    listen(place)
    with relaying(db, place.amqp_uri):
        tell(db, 1)
        place.take("listener", 1)
        with broker.channel(place.amqp_uri) as channel:
            channel.queue_unbind("listener", topology.lane_exchange("desk", "listener"), "#")
        tell(db, *range(2, 12))
        eventually(lambda: lane(db, "listener").stopped == "unbound", "noticed")
        eventually(lambda: waiting(db) == 10, "all kept")
        listen(place)
        taken = place.take("listener", 10)
        eventually(lambda: waiting(db) == 0, "all gone")
    assert numbers(taken) == list(range(2, 12))


def test_a_full_queue_of_one_reader_neither_delays_nor_doubles_what_another_gets(db: Database, place: Place) -> None:
    listen(place, arguments={"x-max-length": 1, "x-overflow": "reject-publish"})
    listen(place, "other")
    with relaying(db, place.amqp_uri, FOR_TWO, window=5):
        tell(db, *range(40), fact=Looked)
        taken = place.take("other", 40)
        eventually(lambda: lane(db, "listener").stopped == "full", "the full one is known")
        assert not fresh(place.take("other"))
    assert numbers(taken) == list(range(40))
    assert lane(db, "other").behind == 0


def test_a_fact_that_is_for_no_service_is_kept_and_counts_as_told(db: Database, place: Place) -> None:
    with relaying(db, place.amqp_uri, Telling("desk")):
        tell(db, *range(10), fact=Looked)
        eventually(lambda: waiting(db) == 0, "told")
    with db.read() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM fact_log")) == 10


def test_the_last_fact_is_told_again_on_each_connection_so_that_a_lost_end_shows(db: Database, place: Place) -> None:
    listen(place)
    with relaying(db, place.amqp_uri):
        tell(db, *range(5))
        place.take("listener", 5)
        eventually(lambda: waiting(db) == 0, "all gone")
    with relaying(db, place.amqp_uri):
        (last,) = place.take("listener", 1)
    assert (numbers([last]), on_lane([last]), last.headers["vss-resent"]) == ([4], [5], 1)


def test_facts_that_an_earlier_release_set_aside_go_out_first(db: Database, place: Place) -> None:
    listen(place)
    tell(db, *range(3))
    with db.write() as session:
        session.execute(sa.text("INSERT INTO outbox_unrouted SELECT * FROM outbox WHERE seq <= 2"))
        session.execute(sa.text("DELETE FROM outbox WHERE seq <= 2"))
    with relaying(db, place.amqp_uri):
        assert numbers(place.take("listener", 3)) == [0, 1, 2]


def test_a_sealed_field_is_forgotten_once_every_reader_has_it(db: Database, place: Place) -> None:
    listen(place)

    def told() -> list[Any]:
        with db.read() as session:
            return [json.loads(body) for (body,) in session.execute(sa.text("SELECT body FROM fact_log"))]

    with relaying(db, place.amqp_uri, Telling("desk", TELLING.subscribers, {"taken_up": ("full_name",)})):
        tell(db, 1)
        (taken,) = place.take("listener", 1)
        assert json.loads(taken.body)["full_name"] == "Bích Ngọc"
        eventually(lambda: told() == [{"dossier_no": "1"}], "forgotten")


def test_two_relays_that_both_believe_to_lead_lose_nothing(db: Database, place: Place) -> None:
    tell(db, 1, 2)
    mine, theirs = LogStore(db), LogStore(db)
    before, same = mine.open(TELLING.readers), theirs.open(TELLING.readers)
    _, after = mine.number(mine.recorded(1), before, TELLING)
    with pytest.raises(LostLead):
        theirs.number(theirs.recorded(10), same, TELLING)
    assert after.head == 1
    assert [json.loads(fact.body)["dossier_no"] for fact in mine.recorded(10)] == ["2"]


def test_plain_events_reach_whoever_binds_to_the_services_own_exchange(db: Database, place: Place) -> None:
    broker.listen(place.amqp_uri, "desk.events", "taken_up", "nameko")
    listen(place)
    with relaying(db, place.amqp_uri, plain_events=True):
        tell(db, 1)
        (plain,), (own,) = place.take("nameko", 1), place.take("listener", 1)
    assert plain.body == own.body
    assert plain.properties.message_id == own.properties.message_id


def test_a_full_queue_makes_facts_wait_and_loses_none(db: Database, place: Place) -> None:
    listen(place, arguments={"x-max-length-bytes": 20_000, "x-overflow": "reject-publish"})
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
        expected = {
            name: value for name, value in _envelope(mine).items() if name not in inside and name.startswith("cloudEvents")
        }
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


def test_facts_of_a_process_that_stands_by_are_looked_for_soon(db: Database, place: Place) -> None:
    queue = listen(place)
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
    queue = listen(place)
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
