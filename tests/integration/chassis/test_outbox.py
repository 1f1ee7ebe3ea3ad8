"""The outbox, on both databases: a fact is known exactly when the change it tells of is."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.bus import outbox
from services.chassis.bus.outbox import record
from services.chassis.database import Database, ServiceSession
from services.chassis.errors import InvalidFact
from services.chassis.observe import trace
from services.chassis.observe.cause import Cause, cause
from tests.integration.chassis.programs.desk import Looked, TakenUp
from tests.stand.migrated import migrate
from tests.stand.traces import span_of

_metadata = sa.MetaData()
dossiers = sa.Table("dossier", _metadata, sa.Column("no", sa.Text, primary_key=True), sa.Column("revision", sa.Integer))


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    outbox.publish_as("desk")
    database = Database(database_url)
    migrate(database)
    with database.engine.begin() as connection:
        _metadata.create_all(connection)
    yield database
    database.dispose()


def taken(number: int) -> TakenUp:
    return TakenUp(dossier_no=str(number), full_name="Nguyễn Thị Bích Ngọc")


def recorded(db: Database) -> list[str]:
    """The subjects of the facts in the outbox, in the order in which they will be sent."""
    with db.read() as session:
        rows = session.execute(sa.select(outbox.outbox.c.body).order_by(outbox.outbox.c.seq))
        return [json.loads(body)["dossier_no"] for (body,) in rows]


def only_row(db: Database) -> Any:
    with db.read() as session:
        return session.execute(sa.select(outbox.outbox)).one()


def test_a_fact_is_written_with_the_change_it_tells_of(db: Database) -> None:
    with db.write() as session:
        session.execute(sa.insert(dossiers).values(no="1", revision=1))
        record(session, taken(1))
        assert recorded_outside(db) == [], "nobody sees it before the commit"
    assert recorded(db) == ["1"]


def recorded_outside(db: Database) -> list[str]:
    return recorded(Database(db.url.render_as_string(hide_password=False)))


def test_a_change_that_is_rolled_back_tells_nothing(db: Database) -> None:
    def fail() -> None:
        with db.write() as session:
            session.execute(sa.insert(dossiers).values(no="1", revision=1))
            record(session, taken(1))
            session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert recorded(db) == []


def test_a_change_that_fails_at_its_commit_tells_nothing_and_wakes_nobody(db: Database) -> None:
    woken: list[int] = []
    db.on_commit(lambda _: woken.append(1))
    with db.write() as session:
        session.execute(sa.insert(dossiers).values(no="1", revision=1))

    def fail() -> None:
        with db.write() as session:
            record(session, taken(1))
            session.execute(sa.insert(dossiers).values(no="1", revision=1))

    with pytest.raises(sa.exc.IntegrityError):
        fail()
    assert recorded(db) == []
    assert not woken


def test_a_commit_with_facts_wakes_the_relay_once(db: Database) -> None:
    woken: list[list[str]] = []
    db.on_commit(lambda _: woken.append(recorded_outside(db)))
    with db.write() as session:
        session.execute(sa.insert(dossiers).values(no="1", revision=1))
    assert not woken
    with db.write() as session:
        record(session, taken(1))
        record(session, taken(2))
    assert woken == [["1", "2"]], "and not before others can see the facts"


def test_a_savepoint_that_rolls_back_takes_its_facts_with_it(db: Database) -> None:
    with db.write() as session:
        record(session, taken(1))
        savepoint = session.begin_nested()
        record(session, taken(2))
        record(session, taken(3))
        savepoint.rollback()
        record(session, taken(4))
    assert recorded(db) == ["1", "4"]


def test_a_savepoint_that_an_error_leaves_takes_its_facts_with_it(db: Database) -> None:
    with db.write() as session:
        record(session, taken(1))
        with pytest.raises(LookupError), session.begin_nested():
            record(session, taken(2))
            raise LookupError
    assert recorded(db) == ["1"]


def test_a_released_savepoint_keeps_its_facts_as_long_as_the_outer_one_is_kept(db: Database) -> None:
    with db.write() as session:
        record(session, taken(1))
        outer = session.begin_nested()
        with session.begin_nested():
            record(session, taken(2))
        with session.begin_nested():
            record(session, taken(3))
        outer.rollback()
        with session.begin_nested():
            record(session, taken(4))
    assert recorded(db) == ["1", "4"]


def test_facts_of_one_aggregate_are_numbered_in_the_order_of_its_commits(db: Database) -> None:
    names = ["a", "b", "c"]
    with db.write() as session:
        session.execute(sa.insert(dossiers), [{"no": name, "revision": 0} for name in names])
    faults: list[BaseException] = []

    def change(turns: int) -> None:
        try:
            for turn in range(turns):
                with db.write() as session:
                    name = names[turn % 3]
                    lock = sa.select(dossiers.c.revision).where(dossiers.c.no == name).with_for_update()
                    revision = session.scalars(lock).one() + 1
                    session.execute(sa.update(dossiers).where(dossiers.c.no == name).values(revision=revision))
                    record(session, TakenUp(dossier_no=name, full_name="x"), revision=revision)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=change, args=(30,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    with db.read() as session:
        rows = session.execute(sa.select(outbox.outbox.c.headers).order_by(outbox.outbox.c.seq)).scalars()
        headers = [json.loads(row) for row in rows]
    for name in names:
        of_one = [h["cloudEvents:revision"] for h in headers if h["cloudEvents:subject"] == name]
        assert of_one == list(range(1, 61))


def test_a_fact_that_does_not_fit_its_declaration_fails_before_anything_is_written(db: Database) -> None:
    with db.write() as session, pytest.raises(InvalidFact, match=r"taken_up\.v1: full_name: Field may not be null"):
        record(session, TakenUp(dossier_no="1", full_name=None))  # type: ignore[arg-type]  # wrong on purpose
    assert recorded(db) == []


def test_the_row_holds_all_that_travels(db: Database) -> None:
    parent = trace.child()
    before = clock.now()
    with trace.use(parent), db.write() as session:
        token = cause.set(Cause("thread-1", "the-cause"))
        id_ = record(session, taken(1), revision=3)
        cause.reset(token)
    row = only_row(db)
    headers = json.loads(row.headers)
    assert (row.id, row.fact, row.needs_reader) == (id_, "taken_up", True)
    assert json.loads(row.body) == {"dossier_no": "1", "full_name": "Nguyễn Thị Bích Ngọc"}
    assert json.loads(row.public_body) == {"dossier_no": "1"}
    assert headers.pop("cloudEvents:time").endswith("Z")
    child, own = span_of(headers.pop("cloudEvents:traceparent")), span_of(parent)
    assert child.trace_id == own.trace_id
    assert headers == {
        "cloudEvents:specversion": "1.0",
        "cloudEvents:id": str(id_),
        "cloudEvents:source": "/vss/desk",
        "cloudEvents:type": "vn.vss.desk.taken_up.v1",
        "cloudEvents:subject": "1",
        "cloudEvents:dataschema": "urn:vss:desk:facts:taken_up.v1",
        "cloudEvents:revision": 3,
        "cloudEvents:correlationid": "thread-1",
        "cloudEvents:causationid": "the-cause",
    }
    at = row.recorded_at if row.recorded_at.tzinfo else row.recorded_at.replace(tzinfo=before.tzinfo)
    assert before <= at <= clock.now()


def test_what_nothing_led_to_is_correlated_by_its_subject(db: Database) -> None:
    with db.write() as session:
        record(session, Looked(dossier_no="7"))
    headers = json.loads(only_row(db).headers)
    assert headers["cloudEvents:correlationid"] == "7"
    assert "cloudEvents:causationid" not in headers
    assert only_row(db).needs_reader is False


@pytest.mark.parametrize("name", ["Ngọc 🙂", 'a"b\\c\n\t', "\u202e", "' OR 1=1 --", "x" * 100_000])
def test_any_text_is_kept_as_it_is(db: Database, name: str) -> None:
    with db.write() as session:
        record(session, TakenUp(dossier_no="1", full_name=name))
    assert json.loads(only_row(db).body)["full_name"] == name


@pytest.mark.parametrize("subject", ["x" * 20_000, "ố" * 20_000])
def test_what_no_frame_can_hold_is_refused_before_it_could_block_the_outbox(db: Database, subject: str) -> None:
    with db.write() as session:
        with pytest.raises(InvalidFact, match="dossier_no: too long to travel"):
            record(session, TakenUp(dossier_no=subject, full_name="x"))
        with pytest.raises(InvalidFact, match="too large to travel"):
            record(session, TakenUp(dossier_no="1", full_name="x" * 5_000_000))
        record(session, taken(1))
    assert recorded(db) == ["1"]


def test_a_fact_cannot_be_recorded_where_nothing_would_ever_send_it(db: Database) -> None:
    with Session(db.engine) as foreign, pytest.raises(TypeError, match=r"database\.write\(\)"):
        record(foreign, taken(1))
    with db.read() as session, pytest.raises(TypeError, match=r"database\.write\(\)"):
        record(session, taken(1))
    assert isinstance(session, ServiceSession)


def test_without_a_service_name_nothing_can_be_recorded(sqlite_url: str) -> None:
    program = """
import sys
from services.chassis.database import Database
from tests.integration.chassis.test_outbox import record, taken
with Database(sys.argv[1]).write() as session:
    record(session, taken(1))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, sqlite_url], capture_output=True, text=True, check=False, timeout=60
    )
    assert "RuntimeError: outbox: publish_as(service) was not called" in done.stderr
