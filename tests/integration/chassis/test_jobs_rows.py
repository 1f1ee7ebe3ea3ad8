"""Jobs as rows: adding, looking, bringing back, forgetting; and who holds a row. Both databases."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis import clock, jobs
from services.chassis.database import Database, chassis_metadata
from services.chassis.errors import Permanent
from services.chassis.jobs import Job, Reason, State, lease
from services.chassis.jobs.table import jobs as table
from services.chassis.observe import trace
from services.chassis.observe.cause import Cause, cause
from services.chassis.sweeps import Guard, Pruning
from tests.stand.migrated import migrate

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    migrate(database)
    yield database
    database.dispose()


@pytest.fixture
def offset(tmp_path: Path) -> Iterator[Path]:
    """A file that moves the clock of this process."""
    file = tmp_path / "offset"
    clock.use_offset_file(file)
    yield file
    clock.use_offset_file(None)


def add(db: Database, payload: dict[str, Any] | None = None, **options: Any) -> uuid.UUID:
    with db.write() as session:
        return jobs.add(session, "sms", payload or {}, **options)


def claim(db: Database, limit: int = 10, lease_seconds: float = 30.0) -> list[Job]:
    with db.write() as session:
        taken = lease.claim(session, "sms", limit=limit, lease_seconds=lease_seconds, deadline=time.monotonic() + 60)
        return [job for job, _ in taken]


def reap(db: Database) -> list[uuid.UUID]:
    with db.write() as session:
        return [job_id for _, job_id in lease.reap(session)]


def finish(db: Database, job: Job, *, wipe: bool = False) -> bool:
    with db.write() as session:
        return lease.finish(session, job, wipe=wipe)


def give_up(db: Database, job: Job) -> bool:
    with db.write() as session:
        return lease.give_up(session, job, Reason("permanent", "Permanent: no such number"), unknown=False)


def seen(db: Database, job_id: uuid.UUID) -> jobs.JobView:
    with db.read() as session:
        (job,) = jobs.list_jobs(session, job_id)
        return job


def payload(db: Database, job_id: uuid.UUID) -> str | None:
    with db.read() as session:
        return session.scalar(sa.select(table.c.payload).where(table.c.id == job_id))


def test_the_migration_makes_the_table_that_the_code_declares(db: Database) -> None:
    inspector = sa.inspect(db.engine)
    made = {column["name"]: column["nullable"] for column in inspector.get_columns("jobs")}

    assert made == {column.name: column.nullable for column in chassis_metadata.tables["jobs"].columns}
    assert [unique["column_names"] for unique in inspector.get_unique_constraints("jobs")] == [["kind", "key"]]


# Adding


def test_a_job_added_in_a_transaction_that_rolls_back_was_never_there(db: Database) -> None:
    with pytest.raises(ZeroDivisionError), db.write() as session:
        jobs.add(session, "sms", {}, key="a")
        raise ZeroDivisionError

    assert claim(db) == []


def test_adding_the_same_key_again_changes_nothing_and_gives_the_first_id(db: Database) -> None:
    first = add(db, {"text": "one"}, key="a")
    with db.write() as session:
        second = jobs.add(session, "sms", {"text": "two"}, key="a")
        third = jobs.add(session, "sms", {"text": "three"}, key="a")

    assert first == second == third
    assert [job.payload for job in claim(db)] == [{"text": "one"}]


def test_a_key_is_remembered_after_its_job_has_finished(db: Database) -> None:
    first = add(db, key="a")
    finish(db, claim(db)[0])

    assert add(db, key="a") == first
    assert claim(db) == []


def test_the_same_key_of_another_kind_is_another_job(db: Database) -> None:
    with db.write() as session:
        assert jobs.add(session, "sms", {}, key="a") != jobs.add(session, "mail", {}, key="a")


def test_jobs_without_a_key_are_all_kept(db: Database) -> None:
    assert add(db) != add(db)
    assert len(claim(db)) == 2


def test_eight_threads_that_add_the_same_key_make_one_job(db: Database) -> None:
    ready = threading.Barrier(8)
    ids: list[uuid.UUID] = []

    def add_it() -> None:
        ready.wait()
        ids.append(add(db, key="only"))

    threads = [threading.Thread(target=add_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(ids) == 8
    assert len(set(ids)) == 1
    assert len(claim(db)) == 1


def test_what_is_no_json_is_refused_when_it_is_added(db: Database) -> None:
    with db.write() as session:
        with pytest.raises(TypeError):
            jobs.add(session, "sms", {"at": datetime.now(UTC)})
        with pytest.raises(ValueError, match="JSON"):
            jobs.add(session, "sms", {"cost": float("nan")})
        with pytest.raises(ValueError, match="time zone"):
            jobs.add(session, "sms", {}, run_after=datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_payload_comes_back_as_it_went_whatever_its_characters(db: Database) -> None:
    odd: dict[str, Any] = {"text": "Nguyễn \x00 \ud800 🇻🇳 '\"\\", "list": [1, None, {"deep": True}]}
    add(db, odd)

    assert claim(db)[0].payload == odd


def test_a_job_carries_the_trace_and_the_cause_of_what_added_it(db: Database) -> None:
    token = cause.set(Cause("261121-000001-8", "message-1"))
    try:
        with trace.use(TRACE):
            add(db)
            add(db, correlation_id="PA-261121-000001-8")
    finally:
        cause.reset(token)

    first, second = claim(db)
    assert (first.traceparent, first.correlation_id, first.causation_id) == (TRACE, "261121-000001-8", "message-1")
    assert second.correlation_id == "PA-261121-000001-8"


def test_whoever_waits_for_jobs_is_told_after_the_commit_and_not_before(db: Database) -> None:
    told: list[frozenset[str]] = []
    forget = db.on_commit(told.append)

    with db.write() as session:
        with session.begin_nested():
            jobs.add(session, "sms", {})
        assert told == []
    assert told == [frozenset({"sms"})]
    with db.write() as session:
        session.execute(sa.text("SELECT 1"))
    assert told == [frozenset({"sms"})]
    forget()
    add(db)
    assert told == [frozenset({"sms"})]


# Claiming


def test_a_job_is_claimed_when_it_is_due_the_longest_due_first(db: Database) -> None:
    now = clock.now()
    late = add(db, run_after=now - timedelta(seconds=5))
    later = add(db, run_after=now - timedelta(seconds=1))
    add(db, run_after=now + timedelta(minutes=5))

    assert [job.id for job in claim(db, limit=1)] == [late]
    assert [job.id for job in claim(db)] == [later]
    assert claim(db) == []


def test_moving_the_clock_makes_a_job_due(db: Database, offset: Path) -> None:
    job_id = add(db, run_after=clock.now() + timedelta(days=2))
    assert claim(db) == []

    clock.move_to(offset, 2 * 86_400 + 1)
    time.sleep(0.25)

    assert [job.id for job in claim(db)] == [job_id]


def test_moving_the_clock_lets_no_lease_run_out(db: Database, offset: Path) -> None:
    add(db)
    claim(db, lease_seconds=30)

    clock.move_to(offset, 10 * 86_400)
    time.sleep(0.25)

    assert reap(db) == []


def test_no_more_are_claimed_than_asked_for(db: Database) -> None:
    for _ in range(7):
        add(db)

    assert len(claim(db, limit=3)) == 3
    assert len(claim(db, limit=3)) == 3
    assert len(claim(db, limit=3)) == 1


def test_threads_that_claim_at_once_never_get_the_same_job(db: Database) -> None:
    with db.write() as session:
        for _ in range(120):
            jobs.add(session, "sms", {})
    ready = threading.Barrier(6)
    claimed: list[uuid.UUID] = []

    def claim_all() -> None:
        ready.wait()
        while taken := claim(db, limit=5):
            claimed.extend(job.id for job in taken)

    threads = [threading.Thread(target=claim_all) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(claimed) == 120
    assert len(set(claimed)) == 120


def test_a_claimed_job_is_taken_back_only_after_its_lease(db: Database) -> None:
    job_id = add(db)
    claim(db, lease_seconds=0.3)
    assert reap(db) == []

    time.sleep(0.35)

    assert reap(db) == [job_id]
    (again,) = claim(db)
    assert (again.attempt, again.may_have_run) == (2, True)


def test_an_extended_lease_does_not_run_out(db: Database) -> None:
    add(db)
    (job,) = claim(db, lease_seconds=0.3)
    with db.write() as session:
        lease.extend(session, [(job.id, job.token)], 30)
    time.sleep(0.35)

    assert reap(db) == []


def test_who_has_lost_the_lease_can_neither_extend_nor_end_the_job(db: Database) -> None:
    job_id = add(db)
    (first,) = claim(db, lease_seconds=0.05)
    time.sleep(0.1)
    reap(db)
    (second,) = claim(db, lease_seconds=0.05)

    with db.write() as session:
        lease.extend(session, [(first.id, first.token)], 3600)
        assert not lease.finish(session, first, wipe=True)
        assert not lease.give_up(session, first, Reason("permanent", None), unknown=False)
        assert not lease.postpone(session, first, seconds=0, error=None, unknown=False)
        assert not lease.release(session, first)
        assert not lease.settled(session, first)
    time.sleep(0.1)
    assert reap(db) == [job_id]
    assert not finish(db, second)


def test_a_worker_whose_commit_went_unanswered_finds_that_it_was_done(db: Database) -> None:
    for end in (finish, give_up):
        add(db)
        (job,) = claim(db)
        end(db, job)
        with db.write() as session:
            assert not lease.finish(session, job, wipe=False)
            assert lease.settled(session, job)


def test_doubt_about_an_attempt_stays_until_the_job_ends_well(db: Database) -> None:
    add(db)
    (job,) = claim(db)
    with db.write() as session:
        lease.postpone(session, job, seconds=0, error="OutcomeUnknown: no answer", unknown=True)
    (job,) = claim(db)
    assert job.may_have_run
    with db.write() as session:
        lease.postpone(session, job, seconds=0, error="Transient: still away", unknown=False)
    (job,) = claim(db)
    assert job.may_have_run
    assert job.last_error == "Transient: still away"


def test_a_plain_failure_leaves_no_doubt(db: Database) -> None:
    add(db)
    (job,) = claim(db)
    with db.write() as session:
        lease.postpone(session, job, seconds=0, error="Transient: 503", unknown=False)
    (job,) = claim(db)

    assert (job.attempt, job.may_have_run) == (2, False)


def test_a_job_given_back_unbegun_is_as_if_never_claimed(db: Database) -> None:
    job_id = add(db)
    (job,) = claim(db)
    with db.write() as session:
        assert lease.release(session, job)

    assert seen(db, job_id).attempts == 0
    (job,) = claim(db)
    assert (job.attempt, job.may_have_run) == (1, False)


def test_there_is_something_to_do_when_a_job_is_due_or_a_worker_died(db: Database) -> None:
    def anything() -> bool:
        with db.read() as session:
            return lease.anything_to_do(session, ["sms", "mail"])

    assert not anything()
    add(db, run_after=clock.now() + timedelta(hours=1))
    assert not anything()
    add(db)
    assert anything()
    claim(db, lease_seconds=0.1)
    assert not anything()
    time.sleep(0.15)
    assert anything()


def test_a_claim_uses_the_small_index_however_many_jobs_are_finished(db: Database) -> None:
    with db.write() as session:
        session.execute(
            sa.insert(table),
            [
                {
                    "id": uuid.uuid4(),
                    "kind": "sms",
                    "state": "finished",
                    "added_at": clock.now(),
                    "run_after": clock.now(),
                    "ended_at": clock.now(),
                    "attempts": 1,
                    "may_have_run": False,
                }
                for _ in range(5_000)
            ],
        )
    statements: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        statements.append((statement, parameters))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    claim(db)
    reap(db)
    sa.event.remove(db.engine, "before_cursor_execute", note)
    updates = [(text, values) for text, values in statements if "UPDATE" in text]
    assert len(updates) == 2
    with db.engine.connect() as connection:
        if db.is_postgresql:
            connection.exec_driver_sql("ANALYZE jobs")
        explain = "EXPLAIN " if db.is_postgresql else "EXPLAIN QUERY PLAN "
        for (text, values), index in zip(updates, ("jobs_waiting", "jobs_running"), strict=True):
            plan = "\n".join(str(row) for row in connection.exec_driver_sql(explain + text, values))
            assert index in plan, plan


# Looking, bringing back, forgetting


def test_an_operator_sees_where_jobs_stand_but_not_what_they_hold(db: Database) -> None:
    job_id = add(db, {"to": "+84983847986"}, key="m-1", correlation_id="261121-000001-8")
    give_up(db, claim(db)[0])

    job = seen(db, job_id)

    assert (job.kind, job.key, job.state, job.attempts) == ("sms", "m-1", State.GIVEN_UP, 1)
    assert (job.reason, job.last_error) == ("permanent", "Permanent: no such number")
    assert job.correlation_id == "261121-000001-8"
    assert job.ended_at is not None
    assert "983847986" not in repr(job)


def test_jobs_are_found_by_kind_key_and_state_newest_first(db: Database) -> None:
    ids = [add(db, key=name) for name in "abc"]
    with db.write() as session:
        jobs.add(session, "mail", {}, key="a")
    finish(db, claim(db, limit=1)[0])

    with db.read() as session:
        assert [job.id for job in jobs.list_jobs(session, kind="sms")] == ids[::-1]
        assert [job.id for job in jobs.list_jobs(session, kind="sms", key="b")] == [ids[1]]
        assert [job.id for job in jobs.list_jobs(session, state=State.FINISHED)] == [ids[0]]
        assert len(jobs.list_jobs(session, limit=2)) == 2
        assert jobs.list_jobs(session, uuid.uuid4()) == []


def test_jobs_are_counted_by_kind_and_state(db: Database) -> None:
    for _ in range(3):
        add(db)
    with db.write() as session:
        jobs.add(session, "mail", {})
    first, second = claim(db, limit=2)
    finish(db, first)
    give_up(db, second)

    with db.read() as session:
        assert jobs.counts(session) == {
            ("sms", State.WAITING): 1,
            ("sms", State.FINISHED): 1,
            ("sms", State.GIVEN_UP): 1,
            ("mail", State.WAITING): 1,
        }
        assert jobs.waiting(session) == {"sms": 1, "mail": 1}


def test_a_job_that_was_given_up_can_be_brought_back_with_all_its_tries(db: Database) -> None:
    job_id = add(db, {"text": "x"})
    give_up(db, claim(db)[0])

    with db.write() as session:
        jobs.retry(session, job_id)

    (job,) = claim(db)
    assert (job.id, job.attempt, job.payload) == (job_id, 1, {"text": "x"})
    assert seen(db, job_id).reason is None


def test_only_what_was_given_up_can_be_brought_back(db: Database) -> None:
    job_id = add(db)
    for stranger in (job_id, uuid.uuid4()):
        with db.write() as session, pytest.raises(Permanent, match=str(stranger)):
            jobs.retry(session, stranger)
    give_up(db, claim(db)[0])
    with db.write() as session:
        assert jobs.wipe(session, job_id)
    with db.write() as session, pytest.raises(Permanent, match="wiped"):
        jobs.retry(session, job_id)


def test_a_payload_is_wiped_at_the_finish_if_the_kind_says_so(db: Database) -> None:
    kept, wiped = add(db, {"secret": 1}), add(db, {"secret": 2})
    first, second = claim(db)
    finish(db, first)
    finish(db, second, wipe=True)

    assert payload(db, kept) == '{"secret":1}'
    assert payload(db, wiped) is None


def test_a_payload_that_is_still_needed_is_not_wiped(db: Database) -> None:
    job_id = add(db, {"secret": 1})

    with db.write() as session:
        assert not jobs.wipe(session, job_id)
    assert payload(db, job_id) is not None


def prune(db: Database, **keep: timedelta) -> int:
    pruning = Pruning("prune_jobs", lambda now: jobs.old(now, **keep), chunk=2, pause_seconds=0)
    return pruning.run(db, Guard(db, "desk"))


def test_old_finished_jobs_are_pruned_and_all_others_stay(db: Database, offset: Path) -> None:
    old = [add(db) for _ in range(5)]
    given_up, waiting = add(db), add(db, run_after=clock.now() + timedelta(days=400))
    *finished, bad = claim(db)
    for job in finished:
        finish(db, job)
    give_up(db, bad)
    assert bad.id == given_up
    clock.move_to(offset, 31 * 86_400)
    time.sleep(0.25)
    young = add(db)
    finish(db, claim(db)[0])

    assert prune(db, keep=timedelta(days=30)) == len(old)

    with db.read() as session:
        assert {job.id for job in jobs.list_jobs(session)} == {given_up, waiting, young}
    assert prune(db, keep=timedelta(days=30), keep_given_up=timedelta(days=30)) == 1
    assert prune(db, keep=timedelta(days=30)) == 0


def test_a_pruned_key_may_be_used_again(db: Database) -> None:
    first = add(db, key="a")
    finish(db, claim(db)[0])
    prune(db, keep=timedelta(seconds=-1))

    assert add(db, key="a") != first
