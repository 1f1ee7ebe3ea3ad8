"""The job runner in one process: outcomes, back-off, slots, leases, stop, a database that goes away. Both databases."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from marshmallow import fields
from prometheus_client import REGISTRY

from services.chassis import clock, jobs
from services.chassis.bus import outbox
from services.chassis.database import Database
from services.chassis.errors import Permanent, Transient
from services.chassis.facts import Fact, public
from services.chassis.jobs import Job, JobKind, JobRunner, OutcomeUnknown, Reason, RetryAfter, State
from services.chassis.jobs.table import jobs as table
from services.chassis.observe import trace
from services.chassis.observe.cause import Cause, cause
from services.chassis.testing import PostgresNode
from services.chassis.testing.processes import wait_until
from tests.stand.migrated import migrate

pytestmark = pytest.mark.slow

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class MessageSent(Fact, name="message_sent", version=1, subject="message_no", example={"message_no": "m-1"}):
    """A message was handed over."""

    message_no: str = public(fields.String(required=True))


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    migrate(database)
    outbox.publish_as("jobs_test")
    yield database
    database.dispose()


Start = Callable[..., "Stage"]


@pytest.fixture
def start(db: Database) -> Iterator[Start]:
    """Starts runners, and stops them at the end."""
    runners: list[JobRunner] = []

    def begin(call: Callable[[Job], Any], **options: Any) -> Stage:
        stage = Stage(db, call, **options)
        runners.append(stage.runner)
        stage.runner.start()
        return stage

    yield begin
    for runner in runners:
        runner.stop(5)


class Stage:
    """One kind, one runner, and a note of all that happened."""

    def __init__(
        self,
        db: Database,
        call: Callable[[Job], Any],
        *,
        done: Callable[..., None] | None = None,
        given_up: Callable[..., None] | None = None,
        service: str = "jobs_test",
        poll_seconds: float = 0.05,
        **kind: Any,
    ) -> None:
        self.db = db
        self.calls: list[Job] = []
        self.done: list[tuple[Job, Any]] = []
        self.reasons: list[Reason] = []

        def noted_call(job: Job) -> Any:
            self.calls.append(job)
            return call(job)

        def noted_done(session: Any, job: Job, result: Any) -> None:
            if done is not None:
                done(session, job, result)
            self.done.append((job, result))

        def noted_given_up(session: Any, job: Job, reason: Reason) -> None:
            if given_up is not None:
                given_up(session, job, reason)
            self.reasons.append(reason)

        fast = {"first_delay_seconds": 0.02, "longest_delay_seconds": 0.1}
        self.kind = JobKind("sms", noted_call, noted_done, noted_given_up, **{**fast, **kind})
        self.runner = JobRunner(db, [self.kind], service=service, poll_seconds=poll_seconds)

    def add(self, payload: dict[str, Any] | None = None, **options: Any) -> uuid.UUID:
        with self.db.write() as session:
            return jobs.add(session, "sms", payload or {}, **options)

    def seen(self, job_id: uuid.UUID) -> jobs.JobView:
        with self.db.read() as session:
            (job,) = jobs.list_jobs(session, job_id)
            return job

    def becomes(self, job_id: uuid.UUID, state: State, seconds: float = 10) -> bool:
        return wait_until(lambda: self.seen(job_id).state == state, seconds)


class Gate:
    """A call that waits until it is let through."""

    def __init__(self) -> None:
        self.entered = threading.Semaphore(0)
        self.open = threading.Event()

    def __call__(self, job: Job) -> str:
        self.entered.release()
        assert self.open.wait(30)
        return "through"

    def wait_for_entry(self) -> None:
        assert self.entered.acquire(timeout=10)


def failing(times: int, error: BaseException) -> Callable[[Job], str]:
    """A call that raises ``error`` in its first attempts."""

    def call(job: Job) -> str:
        if job.attempt <= times:
            raise error
        return "sent"

    return call


def facts(db: Database) -> list[str]:
    with db.read() as session:
        return [row[0] for row in session.execute(sa.select(outbox.outbox.c.headers).order_by(outbox.outbox.c.seq))]


# Outcomes


def test_a_call_that_returns_is_done_once_with_its_result(start: Start) -> None:
    stage = start(lambda job: job.payload["n"] * 2)
    job_id = stage.add({"n": 21}, key="a")

    assert stage.becomes(job_id, State.FINISHED)
    ((job, result),) = stage.done
    assert (job.id, job.key, job.attempt, job.may_have_run, result) == (job_id, "a", 1, False, 42)


def test_no_database_session_is_open_during_the_call(start: Start, db: Database) -> None:
    checked_out: list[int] = []
    pool: Any = db.engine.pool  # a QueuePool
    stage = start(lambda _: checked_out.append(pool.checkedout()), poll_seconds=30)
    time.sleep(0.3)
    for _ in range(5):
        assert stage.becomes(stage.add(), State.FINISHED)

    assert 0 in checked_out


def test_a_job_added_here_does_not_wait_for_the_poll(start: Start) -> None:
    stage = start(lambda _: None, poll_seconds=30)
    time.sleep(0.3)
    begun = time.monotonic()
    job_id = stage.add()

    assert stage.becomes(job_id, State.FINISHED, 5)
    assert time.monotonic() - begun < 5


def test_the_finished_row_and_the_facts_commit_together(start: Start, db: Database) -> None:
    def done(session: Any, job: Job, result: Any) -> None:
        outbox.record(session, MessageSent(message_no="m-1"))
        with db.read() as other:
            states.append(other.scalar(sa.select(table.c.state)))
        assert facts(db) == []

    states: list[str | None] = []
    stage = start(lambda _: None, done=done)

    assert stage.becomes(stage.add(), State.FINISHED)
    assert states == ["running"]
    assert len(facts(db)) == 1


def test_facts_belong_to_what_the_job_was_added_for(start: Start, db: Database) -> None:
    traced: list[str | None] = []
    stage = start(
        lambda _: traced.append(trace.current()),
        done=lambda session, *_: outbox.record(session, MessageSent(message_no="m-1")),
    )
    token = cause.set(Cause("261121-000001-8", "message-1"))
    with trace.use(TRACE):
        job_id = stage.add()
    cause.reset(token)

    assert stage.becomes(job_id, State.FINISHED)
    (headers,) = facts(db)
    assert '"cloudEvents:correlationid":"261121-000001-8"' in headers
    assert '"cloudEvents:causationid":"message-1"' in headers
    assert TRACE[:35] in headers
    assert traced == [TRACE]


def test_a_transient_failure_is_tried_again_until_it_works(start: Start) -> None:
    stage = start(failing(3, Transient("503")))
    job_id = stage.add()

    assert stage.becomes(job_id, State.FINISHED)
    assert [(job.attempt, job.may_have_run) for job in stage.calls] == [(n, False) for n in (1, 2, 3, 4)]
    assert stage.calls[-1].last_error == "Transient: 503"
    assert stage.reasons == []


@pytest.mark.parametrize("error", [OutcomeUnknown("no answer"), ValueError("a bug"), TimeoutError(), ConnectionResetError()])
def test_after_an_outcome_nobody_knows_the_next_attempt_is_told(start: Start, error: Exception) -> None:
    stage = start(failing(1, error))

    assert stage.becomes(stage.add(), State.FINISHED)
    assert [job.may_have_run for job in stage.calls] == [False, True]


def test_a_job_is_given_up_after_its_last_try_with_the_last_error(start: Start, db: Database) -> None:
    stage = start(
        failing(99, Transient("503")),
        max_attempts=3,
        given_up=lambda session, *_: outbox.record(session, MessageSent(message_no="m-1")),
    )
    job_id = stage.add()

    assert stage.becomes(job_id, State.GIVEN_UP)
    time.sleep(0.3)
    assert len(stage.calls) == 3
    ((reason),) = stage.reasons
    assert (reason.code, reason.error, str(reason.cause)) == ("tries_used_up", "Transient: 503", "503")
    job = stage.seen(job_id)
    assert (job.attempts, job.reason, job.last_error) == (3, "tries_used_up", "Transient: 503")
    assert len(facts(db)) == 1


def test_what_will_never_work_is_given_up_at_once_with_the_adapter_s_own_error(start: Start) -> None:
    class NoSuchNumber(Permanent):
        provider_code = 21211

    stage = start(failing(99, NoSuchNumber("not in use")))
    job_id = stage.add()

    assert stage.becomes(job_id, State.GIVEN_UP)
    assert len(stage.calls) == 1
    (reason,) = stage.reasons
    assert reason.code == "permanent"
    assert isinstance(reason.cause, NoSuchNumber)


def test_a_job_that_was_given_up_runs_again_when_brought_back(start: Start, db: Database) -> None:
    broken = threading.Event()
    broken.set()

    def call(job: Job) -> None:
        if broken.is_set():
            raise Permanent("no such number")

    stage = start(call)
    job_id = stage.add()
    assert stage.becomes(job_id, State.GIVEN_UP)

    broken.clear()
    with db.write() as session:
        jobs.retry(session, job_id)

    assert stage.becomes(job_id, State.FINISHED)
    assert len(stage.done) == 1


def test_a_provider_s_retry_after_is_kept(start: Start) -> None:
    stage = start(failing(1, RetryAfter("busy", after_seconds=0.8)))
    job_id = stage.add()
    begun = time.monotonic()

    assert stage.becomes(job_id, State.FINISHED)
    assert 0.8 <= time.monotonic() - begun < 5


def test_moving_the_clock_makes_a_waiting_job_run(start: Start, tmp_path: Path) -> None:
    clock.use_offset_file(tmp_path / "offset")
    try:
        stage = start(lambda _: None)
        job_id = stage.add(run_after=clock.now() + timedelta(days=8))
        time.sleep(0.3)
        assert stage.calls == []

        clock.move_to(tmp_path / "offset", 8 * 86_400 + 1)

        assert stage.becomes(job_id, State.FINISHED)
    finally:
        clock.use_offset_file(None)


def test_a_payload_is_gone_once_handed_over_but_kept_while_it_may_be_needed(start: Start, db: Database) -> None:
    stage = start(failing(1, Permanent("first time")), max_attempts=1, keep_payload=False)
    job_id = stage.add({"secret": "sealed"})
    stored = sa.select(table.c.payload)

    assert stage.becomes(job_id, State.GIVEN_UP)
    with db.write() as session:
        assert session.scalar(stored) is not None
        session.execute(sa.update(table).values(state="waiting", attempts=1, reason=None))
        session.execute(sa.update(table).values(attempts=0))
    stage.runner.stop()
    again = start(lambda job: job.payload["secret"], keep_payload=False)
    assert again.becomes(job_id, State.FINISHED)
    assert again.done[0][1] == "sealed"
    with db.read() as session:
        assert session.scalar(stored) is None


# When what follows a call fails


def test_a_done_that_raises_keeps_nothing_and_the_next_attempt_knows_that_the_call_was_made(
    start: Start, db: Database
) -> None:
    def done(session: Any, job: Job, result: Any) -> None:
        outbox.record(session, MessageSent(message_no=f"m-{job.attempt}"))
        if job.attempt == 1:
            raise KeyError("a bug")

    stage = start(lambda _: "sent", done=done)

    assert stage.becomes(stage.add(), State.FINISHED)
    assert [job.may_have_run for job in stage.calls] == [False, True]
    (headers,) = facts(db)
    assert "m-2" in headers


def test_a_done_that_meets_a_passing_failure_is_run_again_without_another_call(start: Start) -> None:
    tries: list[int] = []

    def done(session: Any, job: Job, result: Any) -> None:
        tries.append(job.attempt)
        if len(tries) < 3:
            raise Transient("somebody else's lock")

    stage = start(lambda _: "sent", done=done)

    assert stage.becomes(stage.add(), State.FINISHED)
    assert tries == [1, 1, 1]
    assert len(stage.calls) == 1


def test_a_job_is_never_given_up_without_its_facts(start: Start, db: Database) -> None:
    broken = threading.Event()
    broken.set()

    def given_up(session: Any, job: Job, reason: Reason) -> None:
        outbox.record(session, MessageSent(message_no="m-1"))
        if broken.is_set():
            raise KeyError("a bug")

    stage = start(failing(99, Permanent("no such number")), given_up=given_up)
    job_id = stage.add()
    assert wait_until(lambda: stage.seen(job_id).reason == "permanent", 10)
    time.sleep(0.3)
    assert stage.seen(job_id).state in (State.WAITING, State.RUNNING)
    assert facts(db) == []

    broken.clear()

    assert stage.becomes(job_id, State.GIVEN_UP)
    assert len(stage.calls) == 1
    assert [(reason.code, reason.error) for reason in stage.reasons] == [("permanent", "Permanent: no such number")]
    assert len(facts(db)) == 1
    assert stage.seen(job_id).attempts == 1


# Leases


def test_a_long_call_keeps_its_lease(start: Start) -> None:
    gate = Gate()
    stage = start(gate, lease_seconds=1, timeout_seconds=30)
    job_id = stage.add()
    gate.wait_for_entry()
    other = start(lambda _: "other", lease_seconds=1)
    time.sleep(2.5)

    assert other.calls == []
    gate.open.set()
    assert stage.becomes(job_id, State.FINISHED)
    assert len(stage.calls) == 1


def test_a_call_that_hangs_past_its_limit_is_made_again_and_its_late_answer_changes_nothing(
    start: Start, db: Database
) -> None:
    gate = Gate()
    stage = start(
        lambda job: gate(job) if job.attempt == 1 else "second",
        done=lambda session, _job, result: outbox.record(session, MessageSent(message_no=result)),
        lease_seconds=0.3,
        timeout_seconds=0.6,
        concurrency=1,
    )
    job_id = stage.add()

    assert stage.becomes(job_id, State.FINISHED)
    assert [(job.attempt, job.may_have_run) for job in stage.calls] == [(1, False), (2, True)]
    gate.open.set()
    assert stage.runner.stop(5)
    assert [result for _, result in stage.done] == ["second"]
    assert len(facts(db)) == 1


def test_calls_that_hang_do_not_pile_up_without_end(start: Start) -> None:
    gate = Gate()
    stage = start(gate, lease_seconds=0.2, timeout_seconds=0.2, concurrency=2, max_attempts=100)
    for _ in range(8):
        stage.add()
    time.sleep(2)

    assert len(stage.calls) == 4
    gate.open.set()


def test_a_call_knows_how_much_time_it_has(start: Start) -> None:
    left: list[float] = []
    stage = start(lambda job: left.append(job.seconds_left()), timeout_seconds=7)

    assert stage.becomes(stage.add(), State.FINISHED)
    assert 5 < left[0] <= 7


def test_a_job_that_ends_every_worker_is_given_up_without_another_call(start: Start, db: Database) -> None:
    with db.write() as session:
        job_id = jobs.add(session, "sms", {})
        session.execute(sa.update(table).values(attempts=3, may_have_run=True))
    stage = start(lambda _: "sent", max_attempts=3)

    assert stage.becomes(job_id, State.GIVEN_UP)
    assert stage.calls == []
    assert [reason.code for reason in stage.reasons] == ["worker_lost"]
    assert stage.seen(job_id).attempts == 3


# Slots


def test_no_more_calls_run_at_once_than_the_kind_allows(start: Start) -> None:
    lock = threading.Lock()
    now, most = 0, 0

    def call(job: Job) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        with lock:
            now -= 1

    stage = start(call, concurrency=3)
    with stage.db.write() as session:
        for _ in range(40):
            jobs.add(session, "sms", {})

    assert wait_until(lambda: len(stage.done) == 40, 30)
    assert most == 3


def test_no_more_are_claimed_than_can_be_begun(start: Start, db: Database) -> None:
    gate = Gate()
    stage = start(gate, concurrency=2)
    with db.write() as session:
        for _ in range(10):
            jobs.add(session, "sms", {})
    gate.wait_for_entry()
    gate.wait_for_entry()
    time.sleep(0.3)

    with db.read() as session:
        assert jobs.counts(session) == {("sms", State.RUNNING): 2, ("sms", State.WAITING): 8}
    gate.open.set()
    assert wait_until(lambda: len(stage.done) == 10, 10)


def test_a_slow_kind_holds_up_no_other(db: Database) -> None:
    gate = Gate()
    otp_done: list[uuid.UUID] = []
    slow = JobKind("mail", gate, lambda *_: None, lambda *_: None, concurrency=1)
    quick = JobKind("otp", lambda _: None, lambda _session, job, _result: otp_done.append(job.id), lambda *_: None)
    runner = JobRunner(db, [slow, quick], service="jobs_test")
    runner.start()
    with db.write() as session:
        for _ in range(5):
            jobs.add(session, "mail", {})
    gate.wait_for_entry()
    with db.write() as session:
        otp = jobs.add(session, "otp", {})

    assert wait_until(lambda: otp_done == [otp], 10)
    gate.open.set()
    assert runner.stop(10)


def test_two_runners_in_one_process_make_each_call_once(start: Start, db: Database) -> None:
    first, second = start(lambda _: None), start(lambda _: None)
    with db.write() as session:
        ids = {jobs.add(session, "sms", {}) for _ in range(100)}

    assert wait_until(lambda: len(first.done) + len(second.done) == 100, 30)
    assert {job.id for job in first.calls} | {job.id for job in second.calls} == ids
    assert len(first.calls) + len(second.calls) == 100


# Stop


def test_a_stop_waits_for_running_calls_and_begins_no_more(start: Start, db: Database) -> None:
    gate = Gate()
    stage = start(gate, concurrency=1)
    with db.write() as session:
        for _ in range(3):
            jobs.add(session, "sms", {})
    gate.wait_for_entry()
    threading.Timer(0.4, gate.open.set).start()

    assert stage.runner.stop(10) is True

    assert len(stage.calls) == len(stage.done) == 1
    with db.read() as session:
        assert jobs.counts(session) == {("sms", State.FINISHED): 1, ("sms", State.WAITING): 2}


def test_a_stop_keeps_the_leases_of_the_calls_it_waits_for(start: Start) -> None:
    gate = Gate()
    stage = start(gate, lease_seconds=1, timeout_seconds=30)
    job_id = stage.add()
    gate.wait_for_entry()
    stopped: list[bool] = []
    stopper = threading.Thread(target=lambda: stopped.append(stage.runner.stop(10)))
    stopper.start()
    other = start(lambda _: "other", lease_seconds=1)
    time.sleep(2.5)
    assert other.calls == []
    gate.open.set()
    stopper.join()

    assert stopped == [True]
    assert stage.seen(job_id).attempts == 1


def test_a_stop_returns_in_time_though_a_call_hangs_and_another_worker_takes_over(start: Start) -> None:
    gate = Gate()
    stage = start(gate, lease_seconds=0.5)
    job_id = stage.add()
    gate.wait_for_entry()
    begun = time.monotonic()

    assert stage.runner.stop(0.3) is False
    assert time.monotonic() - begun < 2

    other = start(lambda _: "other")
    assert other.becomes(job_id, State.FINISHED)
    assert [job.may_have_run for job in other.calls] == [True]
    gate.open.set()
    time.sleep(0.3)
    assert stage.done == []


def test_a_job_claimed_but_not_begun_at_a_stop_goes_back_as_new(db: Database) -> None:
    stage = Stage(db, lambda _: None)
    job_id = stage.add()
    # the stop comes between the claim and the first step of the call's thread
    stage.runner.begin_no_more()
    stage.runner.claim({stage.kind: 1}, reap=True)
    assert stage.runner.stop(5)

    job = stage.seen(job_id)
    assert (job.state, job.attempts, job.may_have_run) == (State.WAITING, 0, False)
    assert stage.calls == []


def test_a_stop_may_come_twice_or_before_the_start(db: Database) -> None:
    stage = Stage(db, lambda _: None)

    assert stage.runner.stop(1)
    assert stage.runner.stop(1)


def test_a_machine_that_refuses_more_threads_loses_no_job(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(db, lambda _: None)
    job_id = stage.add()
    real = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        if thread.name.startswith("job-"):
            raise RuntimeError("can't start new thread")
        real(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    stage.runner.claim({stage.kind: 1}, reap=True)
    assert stage.seen(job_id).attempts == 0
    monkeypatch.undo()
    stage.runner.start()

    assert stage.becomes(job_id, State.FINISHED)
    assert stage.runner.stop(5)


# Faults


def test_a_database_that_goes_away_during_a_call_costs_nothing(postgres: PostgresNode, postgres_url: str) -> None:
    db = Database(postgres_url)
    db.migrate()
    gate = Gate()
    stage = Stage(db, gate, lease_seconds=60)
    stage.runner.start()
    try:
        job_id = stage.add()
        gate.wait_for_entry()
        postgres.kill()
        gate.open.set()
        time.sleep(1)
        assert stage.done == []
        postgres.start()

        assert stage.becomes(job_id, State.FINISHED, 20)
        assert len(stage.calls) == len(stage.done) == 1
        second = stage.add()
        assert stage.becomes(second, State.FINISHED, 20)
    finally:
        postgres.start()
        assert stage.runner.stop(10)
        db.dispose()


def test_a_runner_may_start_before_its_database(postgres: PostgresNode, postgres_url: str) -> None:
    db = Database(postgres_url)
    db.migrate()
    stage = Stage(db, lambda _: None)
    job_id = stage.add()
    try:
        postgres.kill()
        stage.runner.start()
        time.sleep(0.5)
        postgres.start()
        assert stage.becomes(job_id, State.FINISHED, 20)
    finally:
        postgres.start()
        assert stage.runner.stop(10)
        db.dispose()


def test_a_stop_is_bounded_though_the_database_is_away(postgres: PostgresNode, postgres_url: str) -> None:
    db = Database(postgres_url)
    db.migrate()
    gate = Gate()
    stage = Stage(db, gate)
    stage.runner.start()
    try:
        stage.add()
        gate.wait_for_entry()
        postgres.kill()
        gate.open.set()
        begun = time.monotonic()
        stage.runner.stop(1)
        assert time.monotonic() - begun < 4
    finally:
        postgres.start()
        db.dispose()


def test_an_idle_runner_hardly_works(start: Start, db: Database) -> None:
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    start(lambda _: None, poll_seconds=1.0)
    time.sleep(0.5)
    sa.event.listen(db.engine, "before_cursor_execute", count)
    busy = time.process_time()
    time.sleep(3)
    busy = time.process_time() - busy
    sa.event.remove(db.engine, "before_cursor_execute", count)

    assert 2 <= statements <= 25
    assert busy < 0.5


# What operators see


def test_outcomes_and_waiting_jobs_are_counted(start: Start, db: Database) -> None:
    service = f"jobs_{uuid.uuid4().hex[:8]}"
    with db.write() as session:
        jobs.add(session, "sms", {}, run_after=clock.now() + timedelta(days=1))
        jobs.add(session, "misspelt", {})
    stage = start(failing(2, Transient("503")), service=service)
    assert stage.becomes(stage.add(), State.FINISHED)

    def value(name: str, **labels: str) -> float | None:
        return REGISTRY.get_sample_value(name, {"service": service, "kind": "sms", **labels})

    assert wait_until(lambda: value("vss_jobs_total", outcome="finished") == 1, 5)
    assert value("vss_jobs_total", outcome="postponed") == 2
    assert (value("vss_jobs_waiting") or 0) >= 1


def test_logs_name_the_job_and_hide_what_it_holds(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    stage = start(failing(1, ValueError("to +84983847986")))
    job_id = stage.add({"to": "+84983847986"}, correlation_id="261121-000001-8")
    assert stage.becomes(job_id, State.FINISHED)
    stage.runner.stop()

    logged = capsys.readouterr().out
    assert "983847986" not in logged
    failed = next(line for line in logged.splitlines() if "job_call_failed" in line)
    assert str(job_id) in failed
    assert "261121-000001-8" in failed
    assert "ValueError" in failed


def test_two_kinds_of_one_name_are_refused(db: Database) -> None:
    kind = JobKind("sms", lambda _: None, lambda *_: None, lambda *_: None)

    with pytest.raises(ValueError, match="share a name"):
        JobRunner(db, [kind, kind], service="jobs_test")


def test_a_call_that_finds_our_own_database_away_counts_as_no_try(start: Start) -> None:
    away = sa.exc.OperationalError(None, None, psycopg.OperationalError("connection refused"))

    def look_up_and_send(job: Job) -> str:
        if len(stage.calls) < 6:
            raise away
        return "sent"

    stage = start(look_up_and_send, max_attempts=2)
    stage.add()
    assert wait_until(lambda: bool(stage.done), 10)
    assert stage.reasons == []
    assert [job.attempt for job in stage.calls] == [1] * 6
    assert stage.calls[-1].may_have_run, "the call may have come so far as to send"
