"""The chain beside the relay: each entry gets one link, whenever it becomes visible, and each day one head is told (V16)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.chassis.bus.chaining import Chaining
from services.chassis.database import Database
from services.chassis.history import Act, add, histories_of, history_entries
from services.chassis.history.chain import BEGINNING, extend, history_links, newest, unchained
from services.chassis.history.heads import heads_of
from services.chassis.history.verify import verify
from services.feedback.service import Feedback
from tests.integration.feedback.desk import Desk
from tests.stand.later import Later

pytestmark = pytest.mark.rule("V16")

TABLES = histories_of(Feedback)
ACT = Act(actor="vss:an", action="imported", kind="list", about="duty", purpose="Thay danh sách trực")


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


@pytest.fixture
def later(tmp_path: Path) -> Iterator[Later]:
    clock = Later(tmp_path / "clock")
    yield clock
    clock.end()


def act(database: Database, count: int = 1) -> None:
    with database.write() as session:
        for _ in range(count):
            add(session, ACT)


def link(database: Database) -> int | None:
    with database.write() as session:
        return extend(session, TABLES)


def test_each_entry_of_each_history_gets_one_link_and_the_newest_says_all_of_it(desk: Desk) -> None:
    with desk.db.read() as session:
        before = sum(len(unchained(session, table, limit=1000)) for table in TABLES.values())
        assert newest(session) == (0, BEGINNING)
    act(desk.db, 3)
    assert link(desk.db) == before + 3
    assert link(desk.db) == 0
    act(desk.db)
    assert link(desk.db) == 1
    with desk.db.read() as session:
        links = session.execute(sa.select(history_links).order_by(history_links.c.position)).all()
        assert [each.position for each in links] == list(range(1, before + 5))
        assert len({(each.entry_table, each.entry_seq) for each in links}) == before + 4
        assert len({each.hash for each in links}) == before + 4
        assert verify(session, TABLES, []).whole


def test_an_entry_that_becomes_visible_after_a_later_one_gets_its_link_too(postgres_url: str) -> None:
    desk = Desk(postgres_url)
    link(desk.db)
    with desk.db.write() as slow:
        add(slow, ACT)
        slow.flush()
        act(desk.db)
        assert link(desk.db) == 1
    assert link(desk.db) == 1
    with desk.db.read() as session:
        last = session.scalars(sa.select(history_links.c.entry_seq).order_by(history_links.c.position)).all()[-2:]
        assert last == sorted(last, reverse=True)
        assert verify(session, TABLES, []).whole
    desk.close()


def test_while_one_process_links_another_leaves_it_alone(postgres_url: str) -> None:
    desk, other = Desk(postgres_url), Desk(postgres_url)
    act(desk.db)
    with desk.db.write() as session:
        assert extend(session, TABLES)
        assert link(other.db) is None
    assert link(other.db) == 0
    other.close()
    desk.close()


def test_one_head_a_day_is_told_by_vietnams_clock_and_says_nothing_of_people(desk: Desk, later: Later) -> None:
    processes = [Chaining("feedback", desk.db, TABLES) for _ in range(2)]
    for _ in range(3):
        for each in processes:
            act(desk.db)
            each.round()
        later.on(days=1)
    told = desk.facts("history_head_published")
    assert len(told) == 3
    assert all(each.body.keys() == {"day", "position", "hash", "at"} and each.public for each in told)
    with desk.db.read() as session:
        kept = heads_of(session, "feedback", said_by="itself")
        assert [(str(head.day), head.position, head.hash) for head in kept] == [
            (each.body["day"], each.body["position"], each.body["hash"]) for each in told
        ]
        assert verify(session, TABLES, kept).whole
    assert [each.problem() for each in processes] == [None, None]


def test_verifying_since_a_day_begins_at_the_last_head_before(desk: Desk, later: Later) -> None:
    chaining = Chaining("feedback", desk.db, TABLES)
    for _ in range(3):
        act(desk.db, 5)
        chaining.round()
        later.on(days=1)
    with desk.db.read() as session:
        kept = heads_of(session, "feedback", said_by="itself")
        assert verify(session, TABLES, kept, since=kept[1].at).links == 5
        count = session.scalar(sa.select(sa.func.count()).select_from(history_entries))
        assert count == 15
        assert verify(session, TABLES, kept).links >= 15


def test_a_chain_that_stands_still_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    chaining = Chaining("feedback", desk.db, TABLES)
    monkeypatch.setattr("services.chassis.bus.chaining._STILL_SECONDS", 0.0)
    assert "has stood still for" in str(chaining.problem())
