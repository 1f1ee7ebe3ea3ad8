"""A service that is told to stop finishes what it has, in bounded time, and exits 0; whatever is away."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.chassis.history.heads import HistoryHeadPublished
from services.chassis.testing import RabbitNode
from tests.stand.alarms import disk_alarm
from tests.stand.link import Link
from tests.stand.messages import filed
from tests.stand.place import ARCHIVE, DESK, Place, eventually, fresh_place


def test_a_stop_under_load_handles_what_it_has_and_leaves_the_rest(place: Place) -> None:
    desk = place.start(BATCH_SIZE=20, PREFETCH=60).ready()
    ids = place.send(*(filed(number, "slow:0.005") for number in range(600)))
    desk.until(lambda: len(place.handled()) >= 40, "under way")
    assert desk.stop(30) == 0
    handled = [one.id for one in place.handled()]
    assert 40 <= len(handled) < 600, "it stopped in the middle"
    assert len(set(handled)) == len(handled)
    eventually(lambda: place.depth("desk.in.v1") == 600 - len(handled), "back in the queue: all that was not handled")
    sent = [fact for (fact,) in place.rows("SELECT fact FROM fact_log") if fact != HistoryHeadPublished.fact_name]
    assert len(sent) == len(handled), "no fact without its change, no change without its fact"
    assert place.rows("SELECT count(*) FROM outbox") == [(0,)], "the relay was flushed"

    again = place.start().ready()
    place.until_handled(again, ids)
    assert again.stop(30) == 0
    assert place.depth("desk.in.v1") == 0
    assert place.held() == []
    assert not again.events("ack_lost")


@pytest.fixture
def postgres_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with fresh_place(request, "postgresql", tmp_path) as place:
        yield place


def test_a_stop_while_database_and_broker_are_away_is_bounded_and_loses_nothing(postgres_place: Place) -> None:
    place = postgres_place
    with Link(place.amqp_uri) as amqp, Link(place.database_url) as database:
        without_database = place.start(DESK, amqp_uri=amqp.uri, database_url=database.uri, STOP_SECONDS=2).ready()
        ids = place.send(filed(1))
        place.until_handled(without_database, ids)

        database.cut()
        ids += place.send(*(filed(number) for number in range(2, 32)))
        without_database.until(lambda: bool(without_database.events("consumer_waits_for_database")), "waiting")
        began = time.monotonic()
        assert without_database.stop(30) == 0
        assert time.monotonic() - began < 2 * 2 + 8
        database.mend()

        without_broker = place.start(DESK, amqp_uri=amqp.uri, database_url=database.uri, STOP_SECONDS=2).ready()
        place.until_handled(without_broker, ids)
        amqp.cut()
        without_broker.until(lambda: bool(without_broker.events("consumer_waits_for_broker")), "waiting")
        began = time.monotonic()
        assert without_broker.stop(30) == 0
        assert time.monotonic() - began < 2 * 2 + 8
    assert set(place.times_handled(ids)) == {1}
    eventually(lambda: place.depth("desk.in.v1") == 0, "empty")
    assert place.held() == []


def test_a_stop_while_the_broker_blocks_is_bounded_and_what_waits_is_told_later(
    postgres_place: Place, rabbit: RabbitNode, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    place = postgres_place
    with fresh_place(request, "sqlite", tmp_path) as other:
        archive = other.start(ARCHIVE, amqp_uri=place.amqp_uri).ready()
        desk = place.start(DESK, STOP_SECONDS=2).ready()
        ids = place.send(filed(1, "slow:2"))
        with disk_alarm(rabbit):
            place.until_handled(desk, ids)
            desk.until(lambda: bool(desk.events("broker_blocks")), "blocked")
            began = time.monotonic()
            assert desk.stop(30) == 0
            assert time.monotonic() - began < 2 * 2 + 8
            assert other.handled() == []
        place.start(DESK).ready()
        archive.until(lambda: bool(other.handled()), "told")
        assert [one.dossier_no for one in other.handled()] == ["261121-000001"]
