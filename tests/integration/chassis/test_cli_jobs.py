"""`vss jobs`: what was given up, why, and back to work; on both databases."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from typer.testing import CliRunner, Result

from services.chassis import clock, jobs
from services.chassis.cli.main import app
from services.chassis.database import Database
from services.chassis.jobs import Reason, State, lease
from tests.integration.chassis.programs.desk import Desk
from tests.stand.migrated import migrate
from tests.stand.place import DESK

PHONE = "+84912345678"


@pytest.fixture
def db(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    database = Database(database_url)
    migrate(database, Desk.migrations)
    yield database
    database.dispose()


def give_up(db: Database, kind: str, code: str) -> str:
    """A job that was given up; its id."""
    with db.write() as session:
        added = jobs.add(session, kind, {"to": PHONE})
    with db.write() as session:
        ((job, _),) = lease.claim(session, kind, limit=1, lease_seconds=30, deadline=time.monotonic() + 60)
        assert job.id == added
        assert lease.give_up(session, job, Reason(code, "Transient: twilio: HTTP 401, code 20003"), unknown=False)
    return str(added)


def vss(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["jobs", *arguments, "--service", DESK], catch_exceptions=False)


def state(db: Database, id_: str) -> State:
    with db.read() as session:
        return next(job.state for job in jobs.list_jobs(session) if str(job.id) == id_)


def test_what_was_given_up_is_listed_with_why_and_never_with_whose(db: Database) -> None:
    given_up = give_up(db, "sms", "tries_used_up")
    with db.write() as session:
        waiting = str(jobs.add(session, "email", {"to": PHONE}))
    shown = vss("list").output
    assert given_up in shown
    assert "tries_used_up" in shown
    assert "HTTP 401" in shown
    assert waiting not in shown
    assert PHONE not in shown
    assert waiting in vss("list", "--state", "waiting").output
    assert given_up not in vss("list", "--reason", "permanent").output


def test_the_jobs_of_a_dossier_are_listed_in_whatever_state_with_when_they_run(db: Database) -> None:
    with db.write() as session:
        later = clock.now() + timedelta(days=1)
        waiting = str(jobs.add(session, "sms", {"to": PHONE}, correlation_id="261121-000001-8", run_after=later))
        other = str(jobs.add(session, "sms", {"to": PHONE}, correlation_id="261121-000002-6"))
    shown = vss("list", "--dossier", "261121-000001-8").output
    assert waiting in shown
    assert f"{later:%Y-%m-%d %H:%M:%S}" in shown
    assert other not in shown
    told = json.loads(vss("list", "--dossier", "261121-000001-8", "--json").stdout)
    assert [(job["id"], job["state"], job["run_after"]) for job in told["jobs"]] == [(waiting, "waiting", later.isoformat())]
    assert told["counts"] == [{"kind": "sms", "state": "waiting", "jobs": 2}]
    assert PHONE not in json.dumps(told)


def test_a_dry_run_brings_nothing_back_and_a_script_is_told_in_json(db: Database) -> None:
    given_up = give_up(db, "sms", "tries_used_up")
    assert "1 would be brought back" in vss("retry", "--all", "--dry-run").output
    assert state(db, given_up) is State.GIVEN_UP
    assert json.loads(vss("retry", "--all", "--json").stdout) == {"chosen": 1, "brought_back": 1}


def test_a_job_is_brought_back_by_its_id(db: Database) -> None:
    given_up = give_up(db, "sms", "tries_used_up")
    done = vss("retry", given_up)
    assert (done.exit_code, "1 brought back" in done.output) == (0, True)
    assert state(db, given_up) is State.WAITING


def test_all_that_fit_are_brought_back(db: Database) -> None:
    fits, other_kind, other_reason = (
        give_up(db, kind, code)
        for kind, code in (("sms", "tries_used_up"), ("email", "tries_used_up"), ("sms", "permanent"))
    )
    assert vss("retry", "--all", "--kind", "sms", "--reason", "tries_used_up").exit_code == 0
    assert [state(db, each) for each in (fits, other_kind, other_reason)] == [State.WAITING, State.GIVEN_UP, State.GIVEN_UP]


def test_what_cannot_be_brought_back_is_told(db: Database) -> None:
    with db.write() as session:
        waiting = str(jobs.add(session, "sms", {}))
    done = vss("retry", waiting)
    assert done.exit_code == 1
    assert "not given up" in done.output


@pytest.mark.parametrize("arguments", [(), ("--all", "019aa5b5-c0de-7000-a000-00000000000a")], ids=["neither", "both"])
def test_retry_wants_ids_or_all(db: Database, arguments: tuple[str, ...]) -> None:
    assert vss("retry", *arguments).exit_code == 2


def test_another_database_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'other.sqlite3'}")
    done = vss("list")
    assert done.exit_code == 3
    assert "DATABASE_URL" in done.output
