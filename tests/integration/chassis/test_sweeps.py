"""Due dates: each row acted on once, by one worker, bad rows in nobody's way. Both databases."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from services.chassis import clock
from services.chassis.database import Database, Instant
from services.chassis.observe import trace
from services.chassis.observe.cause import Cause, cause
from services.chassis.sweeps import Guard, Limit, Rounds, Sweep, SweepRunner
from services.chassis.testing import PostgresNode
from services.chassis.testing.processes import Process, kill_family, spawn, wait_until
from tests.stand.migrated import migrate

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Instant()}


class Ticket(Base):
    __tablename__ = "tickets"
    n: Mapped[int] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
    expired: Mapped[bool] = mapped_column(default=False)
    fault: Mapped[bool] = mapped_column(default=False)


class Act(Base):
    __tablename__ = "acts"
    id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int]


class Seat(Base):
    """A table with a key of two columns."""

    __tablename__ = "seats"
    row: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    free: Mapped[bool]


def due(now: datetime) -> sa.Select[Any]:
    return sa.select(Ticket).where(~Ticket.expired, Ticket.expires_at <= now)


def expire(session: Session, ticket: Ticket) -> None:
    session.add(Act(n=ticket.n))
    ticket.expired = True
    if ticket.fault:
        raise ValueError("a bad row")


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    migrate(database)
    Base.metadata.create_all(database.engine)
    yield database
    database.dispose()


Start = Callable[..., SweepRunner]


@pytest.fixture
def start(db: Database) -> Iterator[Start]:
    """Starts sweeps, and stops them at the end."""
    runners: list[SweepRunner] = []

    def begin(act: Callable[[Session, Any], None] = expire, **options: Any) -> SweepRunner:
        options = {"due": due, "every_seconds": 0.1, "limit": Limit.NONE, **options}
        runner = SweepRunner(db, [Sweep("expire", options.pop("due"), act, **options)], Guard(db, "desk"))
        runners.append(runner)
        runner.start()
        return runner

    yield begin
    for runner in runners:
        assert runner.stop(10)


def issue(db: Database, count: int, *, first: int = 0, days: float = -1, fault: bool = False) -> None:
    with db.write() as session:
        expires_at = clock.now() + timedelta(days=days)
        session.add_all(Ticket(n=first + n, expires_at=expires_at, fault=fault) for n in range(count))


def acts(db: Database) -> list[int]:
    with db.read() as session:
        return list(session.scalars(sa.select(Act.n).order_by(Act.id)))


def more_expired(db: Database, than: int) -> bool:
    return len(expired(db)) > than


def expired(db: Database) -> set[int]:
    with db.read() as session:
        return set(session.scalars(sa.select(Ticket.n).where(Ticket.expired)))


def test_what_is_due_is_acted_on_once_and_what_is_not_is_left_alone(db: Database, start: Start) -> None:
    issue(db, 3)
    issue(db, 2, first=10, days=1)
    start()

    assert wait_until(lambda: expired(db) == {0, 1, 2}, 10)
    time.sleep(0.4)
    assert sorted(acts(db)) == [0, 1, 2]


def test_moving_the_clock_begins_a_round_at_once(db: Database, start: Start, tmp_path: Path) -> None:
    clock.use_offset_file(tmp_path / "offset")
    try:
        issue(db, 2, days=10)
        start(every_seconds=3600)
        time.sleep(0.5)
        assert acts(db) == []

        clock.move_to(tmp_path / "offset", 10 * 86_400 + 1)

        assert wait_until(lambda: expired(db) == {0, 1}, 10)
    finally:
        clock.use_offset_file(None)


def test_one_round_brings_all_forward_however_many_batches_it_takes(db: Database, start: Start) -> None:
    issue(db, 53)
    start(every_seconds=3600, batch=10, group=4)

    assert wait_until(lambda: len(expired(db)) == 53, 20)
    assert sorted(acts(db)) == list(range(53))


def test_bad_rows_hold_up_no_others_even_if_they_fill_a_batch(db: Database, start: Start) -> None:
    issue(db, 12, fault=True)
    issue(db, 30, first=100)
    start(batch=5, group=3)

    assert wait_until(lambda: expired(db) == set(range(100, 130)), 20)
    # what a bad row did before it raised is undone
    assert sorted(acts(db)) == list(range(100, 130))


def test_a_bad_row_is_tried_again_with_growing_delay_until_it_is_mended(db: Database, start: Start) -> None:
    tries: list[float] = []

    def act(session: Session, ticket: Ticket) -> None:
        tries.append(time.monotonic())
        expire(session, ticket)

    issue(db, 1, fault=True)
    start(act, every_seconds=0.2)
    assert wait_until(lambda: len(tries) >= 4, 10)
    gaps = [later - earlier for earlier, later in pairwise(tries)]
    assert gaps[1] > 0.35
    assert gaps[2] > 0.75

    with db.write() as session:
        session.execute(sa.update(Ticket).values(fault=False))
    assert wait_until(lambda: expired(db) == {0}, 10)


def test_a_bad_row_is_logged_without_what_the_error_says(
    db: Database, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    issue(db, 1, fault=True)
    start()
    logged = ""

    def failed() -> bool:
        nonlocal logged
        logged += capsys.readouterr().out
        return "sweep_row_failed" in logged

    assert wait_until(failed, 10)
    assert "ValueError" in logged
    assert "a bad row" not in logged


def test_an_act_that_leaves_its_row_due_is_undone_and_does_not_spin(db: Database, start: Start) -> None:
    calls = 0

    def act(session: Session, ticket: Ticket) -> None:
        nonlocal calls
        calls += 1
        session.add(Act(n=ticket.n))

    issue(db, 1)
    start(act, every_seconds=0.3)
    time.sleep(1.5)

    assert acts(db) == []
    assert 1 <= calls <= 4


def test_a_row_that_somebody_else_dealt_with_meanwhile_is_left_alone(db: Database) -> None:
    issue(db, 2)
    rounds = Rounds(db, Sweep("expire", due, expire, limit=Limit.NONE), Guard(db, "desk"))
    keys = rounds.find()
    with db.write() as session:
        session.execute(sa.update(Ticket).where(Ticket.n == 0).values(expired=True))

    assert rounds.act_on(keys) == 1
    assert acts(db) == [1]
    assert rounds.held == {}


# only here: SQLite has one write lock for all rows
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_row_that_another_transaction_holds_is_passed_over_and_not_waited_for(db: Database, start: Start) -> None:
    issue(db, 4)
    with db.write() as session:
        session.execute(sa.select(Ticket.n).where(Ticket.n == 2).with_for_update())
        start()
        assert wait_until(lambda: expired(db) == {0, 1, 3}, 10)
    assert wait_until(lambda: expired(db) == {0, 1, 2, 3}, 10)


def test_what_is_due_may_depend_on_other_tables(db: Database, start: Start) -> None:
    def without_act(now: datetime) -> sa.Select[int, int]:
        unacted = sa.select(Ticket.n, Act.id).outerjoin(Act, Act.n == Ticket.n).where(Act.id.is_(None))
        return unacted.order_by(Ticket.expires_at)

    def act(session: Session, row: Any) -> None:
        assert row.id is None
        session.add(Act(n=row.n))

    issue(db, 9)
    start(act, due=without_act)

    assert wait_until(lambda: sorted(acts(db)) == list(range(9)), 10)


def test_a_key_of_two_columns_is_a_key_too(db: Database, start: Start) -> None:
    seats = Seat.__table__
    with db.write() as session:
        session.add_all(Seat(row=row, place=place, free=False) for row in "ab" for place in range(6))

    def free_up(session: Session, seat: Any) -> None:
        mine = sa.and_(Seat.row == seat.row, Seat.place == seat.place)
        session.execute(sa.update(Seat).where(mine).values(free=True))

    start(free_up, due=lambda _: sa.select(seats).where(~seats.c.free, seats.c.place < 5), batch=4, group=3)

    def free() -> int:
        with db.read() as session:
            return session.scalar(sa.select(sa.func.count()).where(Seat.free)) or 0

    assert wait_until(lambda: free() == 10, 10)


def test_a_select_whose_rows_cannot_be_locked_is_named_as_such(
    db: Database, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    start(due=lambda _: sa.select(sa.func.count()).select_from(Ticket))

    assert wait_until(lambda: "sweep_failed" in capsys.readouterr().out, 10)


def test_each_row_s_facts_get_a_trace_of_their_own(db: Database, start: Start) -> None:
    traces: list[str | None] = []

    def act(session: Session, ticket: Ticket) -> None:
        traces.append(trace.trace_id())
        expire(session, ticket)

    issue(db, 3)
    start(act)

    assert wait_until(lambda: len(traces) == 3, 10)
    assert None not in traces
    assert len(set(traces)) == 3
    assert cause.get() == Cause()


def test_several_runners_at_once_act_on_each_row_once(db: Database, start: Start) -> None:
    issue(db, 200)
    for _ in range(3):
        start(every_seconds=0.05, batch=30, group=5)

    assert wait_until(lambda: len(expired(db)) == 200, 30)
    assert Counter(acts(db)) == Counter(range(200))


def test_a_slow_sweep_holds_up_no_other(db: Database) -> None:
    gate, swept = threading.Event(), threading.Event()
    issue(db, 1)

    def slow(session: Session, seat: Seat) -> None:
        seat.free = True
        session.flush()
        while not gate.wait(0.01):
            pass

    if not db.is_postgresql:
        gate.set()  # one writer at a time is all SQLite has
    with db.write() as session:
        session.add(Seat(row="a", place=1, free=False))

    def quick(session: Session, ticket: Ticket) -> None:
        expire(session, ticket)
        swept.set()

    seats_taken = Sweep("free_up", lambda _: sa.select(Seat).where(~Seat.free), slow, limit=Limit.NONE)
    runner = SweepRunner(db, [seats_taken, Sweep("expire", due, quick, limit=Limit.NONE)], Guard(db, "desk"))
    runner.start()

    assert swept.wait(10)
    gate.set()
    assert runner.stop(10)


def test_a_stop_finishes_the_open_transaction_and_begins_no_other(db: Database) -> None:
    entered, gate = threading.Event(), threading.Event()

    def act(session: Session, ticket: Ticket) -> None:
        entered.set()
        gate.wait(10)
        expire(session, ticket)

    issue(db, 10)
    runner = SweepRunner(db, [Sweep("expire", due, act, limit=Limit.NONE, group=2)], Guard(db, "desk"))
    runner.start()
    assert entered.wait(10)
    threading.Timer(0.2, gate.set).start()

    assert runner.stop(10) is True
    assert len(acts(db)) == 2


def test_a_stop_is_bounded(db: Database) -> None:
    entered, gate = threading.Event(), threading.Event()

    def act(session: Session, ticket: Ticket) -> None:
        entered.set()
        gate.wait(10)
        expire(session, ticket)

    issue(db, 1)
    runner = SweepRunner(db, [Sweep("expire", due, act, limit=Limit.NONE)], Guard(db, "desk"))
    runner.start()
    assert entered.wait(10)
    begun = time.monotonic()

    assert runner.stop(0.3) is False
    assert time.monotonic() - begun < 2
    gate.set()
    assert runner.stop(10) is True


def test_a_database_that_goes_away_blames_no_row(postgres: PostgresNode, postgres_url: str) -> None:
    db = Database(postgres_url)
    db.migrate()
    Base.metadata.create_all(db.engine)
    runner = SweepRunner(db, [Sweep("expire", due, expire, limit=Limit.NONE, every_seconds=0.1)], Guard(db, "desk"))
    runner.start()
    try:
        issue(db, 1)
        assert wait_until(lambda: expired(db) == {0}, 10)
        postgres.kill()
        time.sleep(0.5)
        postgres.start()
        db.engine.dispose()
        issue(db, 1, first=1)
        assert wait_until(lambda: expired(db) == {0, 1}, 20)
        assert runner.held == 0
    finally:
        postgres.start()
        assert runner.stop(10)
        db.dispose()


def test_numbers_that_make_no_sense_are_refused() -> None:
    for options in ({"every_seconds": 0}, {"batch": 0}, {"group": -1}):
        with pytest.raises(ValueError, match="expire"):
            Sweep("expire", due, expire, limit=Limit.NONE, **options)


def test_processes_killed_at_random_act_on_each_row_once(db: Database, database_url: str, tmp_path: Path) -> None:
    count = 600
    issue(db, count)
    issue(db, 5, first=count, fault=True)
    chance = random.Random(20261121)
    output = (tmp_path / "sweepers.log").open("ab")

    def begin() -> Process:
        return spawn(
            [sys.executable, str(HERE / "programs" / "sweeper.py"), database_url],
            environment={**os.environ, "PYTHONPATH": str(ROOT)},
            directory=ROOT,
            output=output,
        )

    sweepers = [begin(), begin()]
    try:
        for _ in range(4):
            place = chance.randrange(2)
            seen = len(expired(db))
            wait_until(partial(more_expired, db, seen), 5)
            sweepers[place].send_signal(signal.SIGKILL)
            sweepers[place].wait(10)
            sweepers[place] = begin()
        assert wait_until(lambda: expired(db) == set(range(count)), 30)
        assert Counter(acts(db)) == Counter(range(count))
        for sweeper in sweepers:
            sweeper.terminate()
            assert sweeper.wait(15) == 0
    finally:
        for sweeper in sweepers:
            kill_family(sweeper)
        output.close()
