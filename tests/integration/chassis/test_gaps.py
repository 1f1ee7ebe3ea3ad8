"""What a reader misses is found, told, and brought by telling it again; on both databases and the real broker."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from playground.program import Program
from services.chassis import clock
from services.chassis.bus import gaps
from services.chassis.bus.gaps import Gaps
from services.chassis.bus.inbox import take
from services.chassis.bus.numbering import Place
from services.chassis.cli.main import app
from services.chassis.database import Database
from services.chassis.ids import uuid7, uuid7_of
from tests.stand import broker
from tests.stand.messages import filed
from tests.stand.migrated import migrate
from tests.stand.place import ARCHIVE, DESK, eventually
from tests.stand.place import Place as Stand

#: an epoch is the second in which it began
IMPORTED = int(time.time())
ORIGIN = f"front {IMPORTED - 86_400}"
SOON = {"GAPS_SECONDS": "0.5", "GAPS_GRACE_SECONDS": "2"}


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    migrate(database)
    yield database
    database.dispose()


def receive(db: Database, *numbers: int, origin: str = ORIGIN) -> None:
    with db.write() as session:
        take(session, {uuid7(): Place(origin, number) for number in numbers})


def look(db: Database, grace: timedelta = timedelta(0), heads: Any = None) -> list[tuple[int, int]]:
    Gaps("desk", db, {ORIGIN}, heads or {}, grace=grace).look()
    with db.read() as session:
        return [(gap.first, gap.last) for gap in gaps.gaps(session)]


def test_numbers_that_are_missing_before_later_ones_are_a_gap(db: Database) -> None:
    receive(db, 1, 2, 5, 6, 9)
    assert look(db) == [(3, 4), (7, 8)]


def test_facts_that_never_came_at_all_are_a_gap_from_the_first_number_on(db: Database) -> None:
    receive(db, 4)
    assert look(db) == [(1, 3)]


def test_a_later_number_that_has_just_arrived_does_not_make_an_earlier_one_missing_yet(db: Database) -> None:
    receive(db, 1, 5)
    assert look(db, grace=timedelta(minutes=1)) == []
    assert look(db) == [(2, 4)]


def test_facts_at_the_end_that_a_source_says_it_told_and_that_never_came_are_a_gap(db: Database) -> None:
    receive(db, 1, 2)
    said = {ORIGIN: (5, clock.now())}
    assert look(db, grace=timedelta(minutes=1), heads=said) == [], "they may be on their way"
    assert look(db, heads=said) == [(3, 5)]
    receive(db, 3, 4, 5)
    assert look(db, heads=said) == []


def test_a_gap_shrinks_and_closes_as_its_facts_arrive(db: Database) -> None:
    receive(db, 1, 10)
    assert look(db) == [(2, 9)]
    receive(db, 4, 5)
    assert look(db) == [(2, 3), (6, 9)]
    receive(db, 2, 3, 6, 7, 8)
    assert look(db) == [(9, 9)]
    receive(db, 9)
    assert look(db) == []


def test_a_fact_handled_by_an_earlier_release_fills_its_place_when_it_is_told_again(db: Database) -> None:
    old = uuid7()
    with db.write() as session:
        assert take(session, [old]) == {old}
    receive(db, 1, 3)
    assert look(db) == [(2, 2)]
    with db.write() as session:
        assert take(session, {old: Place(ORIGIN, 2)}) == set(), "it is not handled again"
    assert look(db) == []


def test_a_source_that_gives_a_number_to_another_fact_was_restored(db: Database) -> None:
    receive(db, 1, 2, 3)
    assert look(db) == []
    receive(db, 2)
    look(db)
    with db.read() as session:
        assert gaps.went_back(session) == ["front"]


def test_a_gap_that_nobody_can_fill_is_forgotten_and_not_found_again(db: Database) -> None:
    receive(db, 1, 5)
    assert look(db) == [(2, 4)]
    with db.write() as session:
        assert gaps.forget(session) == 1
    assert look(db) == []


def test_a_restored_source_is_told_of_until_it_begins_a_new_epoch(db: Database) -> None:
    receive(db, 1, 2, 3)
    look(db)
    receive(db, 2)
    look(db)
    other = f"front {IMPORTED + 10}"
    receive(db, 1, origin=other)
    Gaps("desk", db, {ORIGIN, other}, {}, grace=timedelta(0)).look()
    with db.read() as session:
        assert gaps.went_back(session) == []


def test_a_source_restored_a_second_time_to_before_its_newest_epoch_is_told_of(db: Database) -> None:
    """It numbers on in the epoch of its backup, which is not the newest that its readers know."""
    after_first = f"front {IMPORTED - 3_600}"
    receive(db, 1, 2, 3)
    receive(db, 1, 2, origin=after_first)
    both = Gaps("desk", db, {ORIGIN, after_first}, {}, grace=timedelta(0))
    both.look()
    assert both.problem() is None
    receive(db, 2)
    both.look()
    with db.read() as session:
        assert gaps.went_back(session) == ["front"]
    assert "front numbers anew" in (both.problem() or "")
    assert "vss after-restore front --since MOMENT_OF_THE_BACKUP" in (both.problem() or "")
    receive(db, 3, origin=after_first)
    both.look()
    with db.read() as session:
        assert gaps.went_back(session) == ["front"], "it is told until the source begins a new epoch"
    # begun after all that was received above, however long ago this module was imported
    after_second = f"front {int(time.time()) + 10}"
    receive(db, 1, origin=after_second)
    Gaps("desk", db, {ORIGIN, after_first, after_second}, {}, grace=timedelta(minutes=1)).look()
    with db.read() as session:
        assert gaps.went_back(session) == []


def test_what_a_mended_source_had_numbered_anew_and_tells_late_does_not_raise_it_again(db: Database) -> None:
    mended = f"front {IMPORTED - 3_600}"
    before = clock.machine_now() - timedelta(hours=2)
    with db.write() as session:
        take(session, {uuid7_of(before, str(number)): Place(ORIGIN, number) for number in (1, 2, 3)})
    receive(db, 1, origin=mended)
    with db.write() as session:
        take(session, {uuid7_of(before, "late"): Place(ORIGIN, 2)})
    Gaps("desk", db, {ORIGIN, mended}, {}, grace=timedelta(minutes=1)).look()
    with db.read() as session:
        assert gaps.went_back(session) == []


def test_a_new_epoch_is_counted_from_one_again(db: Database) -> None:
    receive(db, 1, 2, 3)
    other = f"front {IMPORTED}"
    receive(db, 1, 2, origin=other)
    Gaps("desk", db, {ORIGIN, other}, {}, grace=timedelta(0)).look()
    with db.read() as session:
        assert (gaps.gaps(session), gaps.went_back(session)) == ([], [])


# ------------------------------------------------------------ as processes


def vss(place: Stand, database_url: str, *arguments: str, code: int = 0) -> Any:
    environment = {"DATABASE_URL": database_url, "AMQP_URI": place.amqp_uri}
    done = CliRunner().invoke(app, ["facts", *arguments, "--json"], env=environment, catch_exceptions=False)
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def archived(database: Database) -> int:
    with database.read() as session:
        return session.scalar(sa.text("SELECT count(*) FROM handled")) or 0


@pytest.mark.slow
def test_what_a_deleted_queue_held_is_missed_and_comes_again_once(place: Stand, tmp_path: Any) -> None:
    """The desk tells the archive; the archive's queue is deleted while facts lie in it."""
    url = f"sqlite:///{tmp_path / 'archive.sqlite3'}"
    desk = place.start(DESK, PLAIN_EVENTS="false").ready()
    archive = place.start(ARCHIVE, database_url=url, **SOON).ready()
    file(place, desk, 5)
    other = Database(url)
    archive.until(lambda: archived(other) == 5, "the first five are there")
    archive.stop()
    file(place, desk, 10)
    eventually(lambda: place.depth("archive.in.v1") == 10, "ten lie in the queue")
    delete_queue(place, "archive.in.v1")
    archive = place.start(ARCHIVE, database_url=url, **SOON).ready()
    file(place, desk, 3)
    archive.until(lambda: archived(other) == 8, "those after it are there")

    eventually(lambda: vss(place, url, "gaps", "-s", ARCHIVE, code=any_code)["gaps"] != [], "noticed", 90)
    (gap,) = vss(place, url, "gaps", "-s", ARCHIVE, code=1)["gaps"]
    assert (gap["source"], gap["first"], gap["last"], gap["missing"]) == ("desk", 6, 15, 10)
    assert archive.events("facts_missing")
    numbers = f"{gap['epoch']}:{gap['first']}-{gap['last']}"
    command = ("resend", "--from", DESK, "--to", "archive", "--numbers", numbers)
    assert vss(place, place.database_url, *command, "--dry-run")["facts"] == 10
    assert vss(place, place.database_url, *command)["facts"] == 10
    archive.until(lambda: archived(other) == 18, "all are there")
    assert vss(place, place.database_url, "resend", "--from", DESK, "--to", "archive", "--all")["facts"] == 18
    eventually(lambda: vss(place, url, "gaps", "-s", ARCHIVE, code=any_code)["gaps"] == [], "closed", 90)
    assert archived(other) == 18, "and none twice"
    other.dispose()


class _AnyCode:
    def __eq__(self, other: object) -> bool:
        return other in (0, 1)

    def __hash__(self) -> int:
        return 0


any_code: Any = _AnyCode()


def file(place: Stand, desk: Program, count: int) -> None:
    place.until_handled(desk, place.send(*(filed(number) for number in range(count))))


def delete_queue(place: Stand, name: str) -> None:
    with broker.channel(place.amqp_uri) as channel:
        channel.queue_delete(name)
