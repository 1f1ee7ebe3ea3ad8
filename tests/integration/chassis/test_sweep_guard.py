"""What holds a sweep: clocks that differ (PostgreSQL), and more rows at once than usual (both databases)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from services.chassis import clock
from services.chassis.bus.inbox import inbox, pruning
from services.chassis.cli.main import app
from services.chassis.database import Database
from services.chassis.discovery import load
from services.chassis.ids import uuid7
from services.chassis.sweeps import Guard, Limit, Rounds, Sweep, allowances
from tests.stand.migrated import migrate


def forget(session: Session, id_: Any) -> None:
    session.execute(sa.delete(inbox).where(inbox.c.id == id_))


#: a sweep over a table that every service has
SWEEP = Sweep(
    "forget_ids",
    lambda now: sa.select(inbox.c.id).where(inbox.c.received_at <= now - timedelta(days=30)),
    forget,
    limit=Limit.PEOPLE,
    group=4,
)
only_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    migrate(database)
    yield database
    database.dispose()


@pytest.fixture
def guard(db: Database) -> Guard:
    return Guard(db, "guarded", tolerance_seconds=60, limits={Limit.PEOPLE: 10, Limit.RECORDS: 10})


@pytest.fixture
def rounds(db: Database, guard: Guard) -> Rounds:
    return Rounds(db, SWEEP, guard)


@pytest.fixture
def set_machine(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets this machine's clock so many seconds ahead."""
    right = clock.machine_now

    def ahead(seconds: float) -> None:
        monkeypatch.setattr(clock, "machine_now", lambda: right() + timedelta(seconds=seconds))

    return ahead


def add(db: Database, count: int, *, days_ago: float = 31) -> None:
    with db.write() as session:
        at = clock.now() - timedelta(days=days_ago)
        session.execute(sa.insert(inbox), [{"id": uuid7(), "received_at": at} for _ in range(count)])


def left(db: Database) -> int:
    with db.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(inbox)) or 0


def held(why: str, sweep: str = "forget_ids") -> float | None:
    return REGISTRY.get_sample_value("vss_sweep_held", {"service": "guarded", "sweep": sweep, "why": why})


def allow(db: Database, rows: int, *, minutes: float = 30) -> None:
    with db.write() as session:
        until = clock.machine_now() + timedelta(minutes=minutes)
        allowances.allow(session, "forget_ids", rows, until=until, by="somebody")


# The number of rows


def test_a_usual_number_of_rows_is_acted_on(db: Database, rounds: Rounds) -> None:
    add(db, 10)
    rounds.round()
    assert (left(db), held("rows")) == (0, 0)


def test_one_row_more_and_nothing_is_done_until_an_operator_allows_it(db: Database, rounds: Rounds) -> None:
    add(db, 11)
    rounds.round()
    rounds.round()
    assert (left(db), held("rows")) == (11, 1)
    allow(db, 11)
    rounds.round()
    assert (left(db), held("rows")) == (0, 0)


def test_what_was_allowed_is_used_up_row_by_row(db: Database, rounds: Rounds) -> None:
    add(db, 50)
    allow(db, 15)
    rounds.round()
    assert left(db) == 35
    rounds.round()
    assert (left(db), held("rows")) == (35, 1)
    allow(db, 25)
    rounds.round()
    assert left(db) == 10
    rounds.round()
    assert left(db) == 0, "the rest is a usual number"


def test_what_was_allowed_ends_with_its_time_and_can_be_taken_back(db: Database, rounds: Rounds) -> None:
    add(db, 11)
    allow(db, 11, minutes=-1)
    rounds.round()
    assert left(db) == 11
    allow(db, 11)
    allow(db, 0)
    rounds.round()
    assert left(db) == 11


def test_two_processes_share_what_was_allowed(db: Database, guard: Guard) -> None:
    add(db, 40)
    allow(db, 20)
    inner = Rounds(db, SWEEP, guard)
    # the other process takes its share after this one was told that it may act on 20 rows
    permit = guard.permit("forget_ids", Limit.PEOPLE, SWEEP.due)
    assert (permit.rows, permit.allowed) == (20, True)
    inner.round()
    assert left(db) == 20
    inner.round()
    assert left(db) == 20


def test_rows_that_fail_again_and_again_do_not_count_as_new(db: Database, guard: Guard) -> None:
    def refuse(_session: Session, _id: Any) -> None:
        raise ValueError("a bad row")

    add(db, 8)
    bad = Rounds(db, Sweep("forget_ids", SWEEP.due, refuse, limit=Limit.PEOPLE), guard)
    bad.round()
    assert len(bad.held) == 8
    add(db, 9)
    bad.round()
    assert (len(bad.held), held("rows")) == (17, 0)


def test_without_a_limit_any_number_is_acted_on(db: Database, guard: Guard) -> None:
    add(db, 100)
    Rounds(db, Sweep("forget_ids", SWEEP.due, SWEEP.act, limit=Limit.NONE), guard).round()
    assert left(db) == 0


def test_records_of_past_work_are_pruned_under_the_same_guard(db: Database, guard: Guard) -> None:
    prune = pruning(timedelta(days=30))
    add(db, 11)
    assert prune.run(db, guard) == 0
    assert held("rows", "prune_inbox") == 1
    add(db, 3, days_ago=1)
    with db.write() as session:
        allowances.allow(session, "prune_inbox", 11, until=clock.machine_now() + timedelta(hours=1), by="somebody")
    assert prune.run(db, guard) == 11
    assert (left(db), held("rows", "prune_inbox")) == (3, 0)


# The clocks


@only_postgresql
@pytest.mark.parametrize("seconds", [11 * 86_400, 61, -61])
def test_nothing_is_done_while_the_clocks_differ(
    db: Database, rounds: Rounds, guard: Guard, set_machine: Callable[[float], None], seconds: float
) -> None:
    add(db, 5)
    set_machine(seconds)
    rounds.round()
    assert pruning(timedelta(days=1)).run(db, guard) == 0
    assert (left(db), held("clock"), held("clock", "prune_inbox")) == (5, 1, 1)
    shown = REGISTRY.get_sample_value("vss_clock_difference_seconds", {"service": "guarded"})
    assert shown == pytest.approx(seconds, abs=5)
    set_machine(59)
    rounds.round()
    assert (left(db), held("clock")) == (0, 0)


@only_postgresql
def test_an_allowance_does_not_help_against_clocks_that_differ(
    db: Database, rounds: Rounds, set_machine: Callable[[float], None]
) -> None:
    add(db, 11)
    allow(db, 11, minutes=60 * 24 * 30)
    set_machine(86_400)
    rounds.round()
    assert (left(db), held("clock")) == (11, 1)


@only_postgresql
def test_a_clock_that_jumps_in_the_middle_of_a_round_ends_it(
    db: Database, guard: Guard, set_machine: Callable[[float], None]
) -> None:
    acted = []

    def act(session: Session, id_: Any) -> None:
        acted.append(id_)
        forget(session, id_)
        set_machine(86_400)

    add(db, 10)
    Rounds(db, Sweep("forget_ids", SWEEP.due, act, limit=Limit.PEOPLE, group=4), guard).round()
    assert (len(acted), left(db), held("clock")) == (4, 6, 1)


@only_postgresql
def test_the_movable_clock_is_no_difference(db: Database, rounds: Rounds, tmp_path: Path) -> None:
    add(db, 5, days_ago=0)
    clock.move_to(tmp_path / "offset", 31 * 86_400)
    clock.use_offset_file(tmp_path / "offset")
    try:
        rounds.round()
    finally:
        clock.use_offset_file(None)
    assert left(db) == 0


@only_postgresql
@pytest.mark.parametrize(("seconds", "fit"), [(0, True), (600, True), (-1_000, False), (11 * 86_400, False)])
def test_a_machine_that_is_far_off_is_not_ready(
    guard: Guard, set_machine: Callable[[float], None], seconds: float, fit: bool
) -> None:
    set_machine(seconds)
    assert (guard.check() is None) == fit


# The command


def test_an_operator_sees_what_is_held_and_lets_it_go_on(
    db: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SWEEP_MAX_RECORDS", "10")
    db.migrate(load("verification").migrations)  # type: ignore[attr-defined]  # every service of ours has them
    add(db, 11)
    told = CliRunner().invoke(app, ["sweeps", "list", "-s", "verification", "--json"])
    assert told.exit_code == 1, told.output
    rows = {row["sweep"]: row for row in json.loads(told.stdout)}
    assert (rows["prune_inbox"]["due"], rows["prune_inbox"]["held"]) == (11, "rows")
    assert rows["prune_jobs"]["held"] is None
    done = CliRunner().invoke(
        app, ["sweeps", "allow", "prune_inbox", "-s", "verification", "--rows", "20", "--within", "1h"]
    )
    assert done.exit_code == 0, done.output
    told = CliRunner().invoke(app, ["sweeps", "list", "-s", "verification", "--json"])
    assert told.exit_code == 0, told.output
    (row,) = [row for row in json.loads(told.stdout) if row["sweep"] == "prune_inbox"]
    until = datetime.fromisoformat(row["allowed_until"])
    assert row["allowed_rows"] == 20
    assert timedelta(minutes=55) < until - clock.now() <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["allow", "prune_inbx", "--rows", "5"], "no sweep 'prune_inbx'. There is: "),
        (["allow", "prune_inbox", "--rows", "5", "--within", "2d"], "at most 1d"),
        (["allow", "prune_inbox", "--rows", "5", "--within", "soon"], "is no duration"),
    ],
)
def test_what_an_operator_asks_for_wrongly_is_said_in_a_sentence(
    db: Database, database_url: str, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    db.migrate(load("verification").migrations)  # type: ignore[attr-defined]  # every service of ours has them
    asked = CliRunner().invoke(app, ["sweeps", *arguments, "-s", "verification"])
    assert asked.exit_code in (1, 2)
    assert said in asked.output
