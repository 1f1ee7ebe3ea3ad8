"""The inbox, on both databases: an id is new once, whoever asks and however often."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis import clock
from services.chassis.bus import inbox
from services.chassis.database import Database
from services.chassis.ids import uuid7
from services.chassis.sweeps import Guard
from tests.stand.migrated import migrate


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    migrate(database)
    yield database
    database.dispose()


def take(db: Database, ids: list[uuid.UUID]) -> set[uuid.UUID]:
    with db.write() as session:
        return inbox.take(session, ids)


def count(db: Database) -> int:
    with db.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(inbox.inbox)) or 0


def test_an_id_is_new_once(db: Database) -> None:
    ids = [uuid7() for _ in range(200)]
    assert take(db, ids[:120]) == set(ids[:120])
    assert take(db, ids) == set(ids[120:])
    assert take(db, ids) == set()


def test_an_id_that_comes_twice_in_a_batch_is_new_once(db: Database) -> None:
    one, other = uuid7(), uuid7()
    assert take(db, [one, other, one, one]) == {one, other}
    assert count(db) == 2


def test_what_was_rolled_back_is_new_again(db: Database) -> None:
    one = uuid7()

    def fail() -> None:
        with db.write() as session:
            assert inbox.take(session, [one]) == {one}
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert take(db, [one]) == {one}


def test_consumers_that_get_the_same_messages_share_them_without_a_deadlock(db: Database) -> None:
    batches = [[uuid7() for _ in range(100)] for _ in range(10)]
    got: list[uuid.UUID] = []
    faults: list[BaseException] = []

    def consume(turn: int) -> None:
        try:
            for ids in batches:
                new = take(db, ids if turn % 2 else ids[::-1])
                got.extend(new)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=consume, args=(turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert sorted(got) == sorted(id_ for ids in batches for id_ in ids)


def test_old_ids_are_forgotten_in_chunks_while_handling_goes_on(db: Database) -> None:
    now = clock.now()
    old: list[dict[str, Any]] = [{"id": uuid7(), "received_at": now - timedelta(days=31)} for _ in range(4_000)]
    young: list[dict[str, Any]] = [{"id": uuid7(), "received_at": now - timedelta(days=29)} for _ in range(500)]
    with db.write() as session:
        session.execute(sa.insert(inbox.inbox), old + young)
    taken: list[uuid.UUID] = []
    done = threading.Event()

    def go_on() -> None:
        while not done.is_set():
            taken.extend(take(db, [uuid7()]))
            time.sleep(0.002)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        # a pause as between chunks in production, so that the other thread has its turns
        assert replace(inbox.pruning(timedelta(days=30)), chunk=500, pause_seconds=0.02).run(db, Guard(db, "desk")) == 4_000
    finally:
        done.set()
        thread.join()
    assert len(taken) >= 5
    assert count(db) == 500 + len(taken)
    assert take(db, [young[0]["id"]]) == set()
    assert take(db, [old[0]["id"]]) == {old[0]["id"]}


def test_ids_taken_are_pruned_by_the_time_of_the_movable_clock(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    one = uuid7()
    take(db, [one])
    assert inbox.pruning(timedelta(days=1)).run(db, Guard(db, "desk")) == 0
    later = clock.now() + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert inbox.pruning(timedelta(days=1)).run(db, Guard(db, "desk")) == 1
    assert count(db) == 0
