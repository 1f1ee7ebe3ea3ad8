"""`vss jobs held`, `take-up`, `give-up`: what only an operator can help; on both databases."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from typer.testing import CliRunner, Result

from services.chassis import clock, jobs
from services.chassis.cli.main import app
from services.chassis.database import Database
from services.chassis.jobs import Job, lease
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


def claim(db: Database, kind: str) -> Job:
    with db.write() as session:
        ((job, _),) = lease.claim(session, kind, limit=1, lease_seconds=30, deadline=time.monotonic() + 60)
    return job


def hold(db: Database, kind: str, code: str, *, copies: int = 0) -> str:
    """A job that is held; its id."""
    with db.write() as session:
        added = jobs.add(session, kind, {"to": PHONE})
    for _ in range(copies):
        unsure = claim(db, kind)
        with db.write() as session:
            assert lease.postpone(session, unsure, seconds=0, error=None, unknown=True, copy=True)
    job = claim(db, kind)
    with db.write() as session:
        assert lease.hold(session, job, seconds=3600, error="SmsAccountRefused: twilio: HTTP 400, code 21408", code=code)
    return str(added)


def vss(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["jobs", *arguments, "--service", DESK], catch_exceptions=False)


def view(db: Database, id_: str) -> jobs.JobView:
    with db.read() as session:
        return jobs.list_jobs(session, uuid.UUID(id_))[0]


def test_what_is_held_is_listed_with_why_and_never_with_whose(db: Database) -> None:
    held = hold(db, "sms", "route")
    with db.write() as session:
        waiting = str(jobs.add(session, "sms", {"to": PHONE}))
    shown = vss("held").output
    assert held in shown
    assert "route" in shown
    assert "21408" in shown
    assert waiting not in shown
    assert PHONE not in shown
    assert held not in vss("held", "--why", "sender").output
    assert "Nothing is held" in vss("held", "--kind", "email").output


def test_held_calls_are_taken_up_by_why(db: Database) -> None:
    route, sender = hold(db, "sms", "route"), hold(db, "otp", "sender")
    assert vss("take-up", "--all", "--why", "route", "--dry-run").exit_code == 0
    assert view(db, route).run_after > clock.now() + timedelta(minutes=50)
    assert "1 taken up, 0 left" in vss("take-up", "--all", "--why", "route").output
    assert view(db, route).run_after <= clock.now()
    assert view(db, sender).run_after > clock.now() + timedelta(minutes=50)
    assert vss("take-up").exit_code == 2
    assert vss("take-up", str(uuid.uuid4())).exit_code == 1


def test_another_copy_has_to_be_said(db: Database) -> None:
    held = hold(db, "sms", "unknown_outcome", copies=2)
    assert view(db, held).unknown_outcomes == 2
    vss("take-up", held)
    assert view(db, held).unknown_outcomes == 2
    vss("take-up", held, "--another-copy")
    assert (view(db, held).unknown_outcomes, view(db, held).may_have_run) == (1, True)


def test_a_held_call_can_be_given_up(db: Database) -> None:
    held = hold(db, "sms", "unknown_outcome")
    assert vss("give-up", held).exit_code == 0
    job = claim(db, "sms")
    assert str(job.id) == held
    assert view(db, held).reason == jobs.BY_OPERATOR


def test_a_call_that_goes_through_is_held_no_longer(db: Database) -> None:
    held = hold(db, "sms", "route")
    with db.read() as session:
        assert jobs.held(session) == {("sms", "route"): 1}
    vss("take-up", held)
    job = claim(db, "sms")
    with db.write() as session:
        assert lease.finish(session, job, wipe=True)
    assert (view(db, held).held_at, view(db, held).held_for) == (None, None)
    with db.read() as session:
        assert jobs.held(session) == {}
