"""Jobs when workers are processes that die: SIGKILL in a call, in `done`, at random; several workers. Both databases."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO

import pytest
import sqlalchemy as sa

from services.chassis import jobs
from services.chassis.bus import outbox
from services.chassis.database import Database
from services.chassis.jobs import State
from services.chassis.testing.processes import Process, kill_family, spawn, wait_until

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PROGRAM = HERE / "programs" / "jobs_worker.py"


class Stage:
    """A database, a journal of the calls made, and worker processes."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.journal = folder / "journal"
        self.journal.touch()
        self.output: IO[bytes] = (folder / "workers.log").open("ab")
        self.db = Database(url)
        self.db.migrate()
        with self.db.write() as session:
            session.execute(sa.text("CREATE TABLE effects (job_key TEXT NOT NULL, what TEXT NOT NULL)"))
        self.workers: list[Process] = []

    def add(self, count: int, **payload: str) -> None:
        with self.db.write() as session:
            for number in range(count):
                jobs.add(session, "call", dict(payload), key=str(number))

    def start(self, *arguments: str) -> Process:
        worker = spawn(
            [sys.executable, str(PROGRAM), self.url, str(self.journal), *arguments],
            environment={**os.environ, "PYTHONPATH": str(ROOT)},
            directory=ROOT,
            output=self.output,
        )
        self.workers.append(worker)
        return worker

    def calls(self) -> list[tuple[str, int, bool, int]]:
        rows = [line.split() for line in self.journal.read_text().splitlines()]
        return [(key, int(attempt), told == "True", int(pid)) for key, attempt, told, pid in rows]

    def called(self, at_least: int) -> bool:
        return len(self.calls()) >= at_least

    def effects(self) -> Counter[str]:
        with self.db.read() as session:
            return Counter(session.scalars(sa.text("SELECT job_key FROM effects")))

    def counts(self) -> dict[State, int]:
        with self.db.read() as session:
            return {state: number for (_, state), number in jobs.counts(session).items()}

    def facts(self) -> int:
        with self.db.read() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(outbox.outbox)) or 0

    def all_finished(self, count: int, seconds: float = 40) -> bool:
        return wait_until(lambda: self.counts() == {State.FINISHED: count}, seconds, interval_seconds=0.1)

    def close(self) -> None:
        for worker in self.workers:
            kill_family(worker)
        self.output.close()
        self.db.dispose()


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(database_url, tmp_path)
    yield stage
    stage.close()


def kill(worker: Process) -> None:
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)


def test_two_processes_make_each_call_once(stage: Stage) -> None:
    stage.add(150)
    stage.start()
    stage.start("green")

    assert stage.all_finished(150)
    calls = stage.calls()
    assert Counter(key for key, *_ in calls) == Counter(str(n) for n in range(150))
    assert stage.effects() == Counter(str(n) for n in range(150))
    assert stage.facts() == 150


def test_a_worker_killed_in_a_call_leaves_it_to_another_which_is_told(stage: Stage) -> None:
    first = stage.start()
    stage.add(1, call="hang")
    assert wait_until(lambda: len(stage.calls()) == 1, 20)
    kill(first)
    assert stage.counts() == {State.RUNNING: 1}
    assert stage.effects() == Counter()

    second = stage.start()

    assert stage.all_finished(1)
    assert [(attempt, told, pid) for _, attempt, told, pid in stage.calls()] == [
        (1, False, first.pid),
        (2, True, second.pid),
    ]
    assert stage.effects() == Counter({"0": 1})


def test_a_crash_between_what_done_writes_and_the_commit_leaves_neither(stage: Stage) -> None:
    stage.add(1, done="die")
    first = stage.start()
    assert first.wait(20) == -signal.SIGKILL

    assert stage.counts() == {State.RUNNING: 1}
    assert stage.effects() == Counter()
    assert stage.facts() == 0

    stage.start()
    assert stage.all_finished(1)
    assert stage.effects() == Counter({"0": 1})
    assert stage.facts() == 1
    assert [told for _, _, told, _ in stage.calls()] == [False, True]


def test_a_graceful_stop_loses_and_doubles_nothing(stage: Stage) -> None:
    stage.add(60, call="slow")
    for green in ((), ("green",), ("green",)):
        worker = stage.start(*green)
        seen = len(stage.calls())
        wait_until(partial(stage.called, seen + 8), 20)
        worker.terminate()
        assert worker.wait(15) == 0
        # nothing is left in anybody's hands, so nobody has to wait for a lease
        assert State.RUNNING not in stage.counts()
    stage.start("green")

    assert stage.all_finished(60)
    assert len(stage.calls()) == 60
    assert not any(told for _, _, told, _ in stage.calls())


def test_workers_killed_at_random_lose_no_job_and_finish_none_twice(stage: Stage) -> None:
    count = 150
    stage.add(count, call="slow")
    chance = random.Random(20261121)
    workers = [stage.start(), stage.start()]
    for _ in range(10):
        place = chance.randrange(2)
        seen = len(stage.calls())
        wait_until(partial(stage.called, seen + 4), 5)
        time.sleep(chance.uniform(0, 0.1))
        kill(workers[place])
        workers[place] = stage.start()

    assert stage.all_finished(count, 60)
    assert stage.effects() == Counter(str(n) for n in range(count))
    assert stage.facts() == count
    attempts: dict[str, list[bool]] = {}
    for key, _, told, _ in stage.calls():
        attempts.setdefault(key, []).append(told)
    # every call that may be a second one was told so
    assert all(all(told[1:]) for told in attempts.values())
    assert sum(len(told) - 1 for told in attempts.values()) <= 10 * 4


def test_a_frozen_worker_that_wakes_up_too_late_changes_nothing(stage: Stage) -> None:
    first = stage.start()
    stage.add(1, call="pause")
    assert wait_until(lambda: len(stage.calls()) == 1, 20)
    first.send_signal(signal.SIGSTOP)
    second = stage.start()
    assert wait_until(lambda: stage.counts() == {State.FINISHED: 1}, 20)
    first.send_signal(signal.SIGCONT)
    first.terminate()
    assert first.wait(15) == 0

    assert stage.effects() == Counter({"0": 1})
    assert stage.facts() == 1
    assert [(told, pid) for _, _, told, pid in stage.calls()] == [(False, first.pid), (True, second.pid)]
