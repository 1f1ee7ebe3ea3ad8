"""Several processes: two of one service, which share the work and the relay's lead; two services in a row."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from playground.program import Program
from services.chassis import clock
from tests.stand import broker
from tests.stand.messages import filed, without
from tests.stand.place import ARCHIVE, DESK, Place, fresh_place
from tests.stand.traces import span_of

pytestmark = pytest.mark.slow


def test_two_processes_start_at_once_share_the_work_and_one_takes_over_from_the_other(place: Place) -> None:
    # both migrate the empty database and declare the empty virtual host at the same time
    both = [place.start(PREFETCH=20, BATCH_SIZE=10), place.start(PREFETCH=20, BATCH_SIZE=10)]
    for program in both:
        program.ready()
    broker.listen(place.amqp_uri, "desk.events", "taken_up")

    # each message twice, and the copies far from each other, so that both processes meet the same ids
    messages = [filed(number, "slow:0.002") for number in range(150)]
    ids = place.send(*itertools.chain(messages, messages))[:150]
    place.until_handled(both[0], ids)
    told = place.take("listener", 150)
    assert sorted(one.headers["cloudEvents:causationid"] for one in told) == sorted(ids)
    for program in both:
        program.until(lambda: place.depth("desk.in.v1") == 0, "empty")

    leaders = [program for program in both if program.events("relay_leads")]
    assert len(leaders) == 1
    (leader,), (other,) = leaders, [program for program in both if program not in leaders]

    more = place.send(*(filed(number, "slow:0.01") for number in range(200, 320)))
    leader.until(lambda: len(place.handled()) >= 180, "under way")
    leader.kill()
    place.until_handled(other, more)
    other.until(lambda: bool(other.events("relay_leads")), "leading")
    told = place.take("listener", 120)
    other.until(lambda: place.rows("SELECT count(*) FROM outbox") == [(0,)], "all sent")
    told += place.take("listener")
    assert {one.headers["cloudEvents:causationid"] for one in told} == set(more)
    assert place.times_handled(ids + more) == [1] * 270
    assert other.stop() == 0
    assert place.held() == []


@pytest.fixture(scope="module")
def row(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Place, Path]]:
    """The desk on PostgreSQL, the archive on SQLite, one broker; and the file that moves both clocks."""
    with fresh_place(request, "postgresql", tmp_path_factory.mktemp("desk")) as desk:
        folder = tmp_path_factory.mktemp("archive")
        archive = Place(desk.amqp_uri, f"sqlite:///{folder}/archive.sqlite3", folder)
        moved = folder / "offset"
        # the archive first: the queue that hears the desk is there when the desk begins to speak
        moving = {"CLOCK_OFFSET_FILE": moved, "CLOCK_MAY_MOVE": "true"}
        programs = [archive.start(ARCHIVE, **moving), desk.start(DESK, **moving)]
        for program in programs:
            program.ready()
        yield desk, archive, moved
        assert [program.stop() for program in programs] == [0, 0]
        archive.end()


def programs_of(place: Place) -> Program:
    return place.programs[0]


def test_trace_cause_and_thread_travel_through_two_services(row: tuple[Place, Place, Path]) -> None:
    desk, archive, _ = row
    message = filed(1)
    desk.send(message)
    archive_program = programs_of(archive)
    archive_program.until(lambda: any(one.dossier_no == "261121-000001" for one in archive.handled()), "put away")
    (first,) = desk.handled()
    (second,) = archive.handled()
    assert first.id == message.id
    assert second.envelope["correlationid"] == first.envelope["correlationid"] == "thread-1"
    assert second.envelope["causationid"] == first.id
    assert second.envelope["source"] == "/vss/desk"
    assert second.envelope["type"] == "vn.vss.desk.taken_up.v1"
    assert second.envelope["subject"] == "261121-000001"
    assert second.envelope["revision"] == 2
    spans = [span_of(one.envelope["traceparent"]) for one in (first, second)]
    assert len({span.trace_id for span in spans}) == 1
    assert len({span.span_id for span in spans}) == 2, "a span of its own"
    assert datetime.fromisoformat(second.envelope["time"]) <= clock.now()


def test_a_message_without_thread_or_trace_starts_them(row: tuple[Place, Place, Path]) -> None:
    desk, archive, _ = row
    desk.send(without(filed(2), "correlationid", "traceparent"))
    archive_program = programs_of(archive)
    archive_program.until(lambda: any(one.dossier_no == "261121-000002" for one in archive.handled()), "put away")
    (second,) = [one for one in archive.handled() if one.dossier_no == "261121-000002"]
    assert second.envelope["correlationid"] == "261121-000002", "its subject is the thread"
    assert span_of(second.envelope["traceparent"])


def test_the_offset_file_moves_the_time_of_facts(row: tuple[Place, Place, Path]) -> None:
    desk, archive, moved = row
    archive_program = programs_of(archive)
    clock.move_to(moved, 10 * 86_400)
    try:
        archive_program.until(lambda: _told_in_the_future(desk, archive), "told in the future")
    finally:
        clock.move_to(moved, 0)


_numbers = itertools.count(100)


def _told_in_the_future(desk: Place, archive: Place) -> bool:
    """Each try sends one more, as a process looks at the file only now and then."""
    number = next(_numbers)
    desk.send(filed(number))
    latest = max((datetime.fromisoformat(one.envelope["time"]) for one in archive.handled()), default=clock.now())
    return latest - clock.now() > timedelta(days=9)
