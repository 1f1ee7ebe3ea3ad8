"""`vss after-restore`: what every service repairs, once for each restore; both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from services.chassis import clock, jobs
from services.chassis.bus import outbox
from services.chassis.bus.leadership import Leadership
from services.chassis.cli.main import app
from services.chassis.database import Database
from services.chassis.documents.folder import FolderDocuments
from services.chassis.jobs import JobRunner
from services.chassis.jobs.table import jobs as table
from services.chassis.recovery import Entry, ledger
from services.chassis.recovery.table import revision_base
from services.chassis.resources import Resources
from services.chassis.serials import Serials
from services.chassis.settings import ChassisSettings
from services.chassis.testing.processes import wait_until
from services.registration.declarations.numbers import FORM, counters
from services.registration.service import Registration
from tests.stand.backups import Backup
from tests.stand.migrated import migrate


@pytest.fixture
def documents(tmp_path: Path) -> FolderDocuments:
    return FolderDocuments(tmp_path / "documents")


@pytest.fixture
def db(database_url: str, monkeypatch: pytest.MonkeyPatch, documents: FolderDocuments) -> Iterator[Database]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DOCUMENTS_URL", f"file:{documents.folder}")
    database = Database(database_url)
    migrate(database, Registration.migrations)
    yield database
    database.dispose()


def vss(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["after-restore", "registration", *arguments], catch_exceptions=False)


def report(*arguments: str) -> dict[str, object]:
    result = vss("--json", *arguments)
    assert result.exit_code == 0, result.output
    told: dict[str, object] = json.loads(result.stdout)
    return told


def add_job(db: Database) -> None:
    with db.write() as session:
        jobs.add(session, "sms", {"to": "+84912345678"})


def write_ledger(db: Database, documents: FolderDocuments) -> None:
    """Run the jobs that write the ledger."""
    resources = Resources("registration", ChassisSettings(), db)
    resources.documents = documents
    runner = JobRunner(db, ledger.kinds(resources), service="registration", poll_seconds=0.02)
    runner.start()
    try:
        assert wait_until(lambda: not _open(db, ledger.WRITE), 20)
    finally:
        assert runner.stop(20)


def _open(db: Database, kind: str) -> int:
    """How many jobs of a kind have not ended: one that is begun is not done."""
    of_kind = sa.select(sa.func.count()).where(table.c.kind == kind, table.c.ended_at.is_(None))
    with db.read() as session:
        return session.execute(of_kind).scalar_one()


def test_open_jobs_may_have_run_and_ask_the_provider_first(db: Database) -> None:
    add_job(db)
    assert report()["changed"]["jobs looked up before they run"] == 1  # type: ignore[index]
    with db.read() as session:
        [job] = jobs.list_jobs(session, kind="sms")
    assert job.may_have_run


def test_running_it_again_for_the_same_restore_changes_nothing(db: Database) -> None:
    add_job(db)
    first, second = report(), report()
    assert (first["done_before"], second["done_before"]) == (False, True)
    assert second["generation"] == first["generation"]
    assert report("--again")["generation"] == 2


def test_without_since_the_moment_of_the_backup_is_told_to_be_a_guess(db: Database) -> None:
    add_job(db)
    assert report("--dry-run")["since_is_a_guess"] is True
    result = vss()
    assert result.exit_code == 0
    assert "IS A GUESS" in result.stderr
    assert "--since MOMENT_OF_THE_BACKUP --again" in result.stderr
    result = vss("--since", "2026-11-27T10:00:00Z", "--again", "--json")
    assert json.loads(result.stdout)["since_is_a_guess"] is False
    assert "GUESS" not in result.stderr


def test_another_moment_is_not_passed_over_without_again(db: Database) -> None:
    """A second run with the right moment must not look like success while the wrong one stands."""
    add_job(db)
    first = report()
    result = vss("--since", "2026-11-27T10:00:00Z")
    assert result.exit_code == 2
    assert "--again" in result.output
    assert report()["since"] == first["since"]
    mended = report("--since", "2026-11-27T10:00:00Z", "--again")
    assert mended["generation"] == 2
    assert "vss facts resend --from verification --to registration --since 2026-11-27T09:50:00Z" in mended["commands"]  # type: ignore[operator]
    assert report("--since", "2026-11-27T10:00:00Z")["done_before"] is True


def test_a_dry_run_says_what_would_be_done_and_does_nothing(db: Database) -> None:
    add_job(db)
    assert report("--dry-run")["changed"]["jobs looked up before they run"] == 1  # type: ignore[index]
    with db.read() as session:
        assert not jobs.list_jobs(session, kind="sms")[0].may_have_run
    assert report()["done_before"] is False


def test_no_number_given_out_after_the_backup_is_given_out_again(db: Database, documents: FolderDocuments) -> None:
    with db.write() as session:
        jobs.add(session, "sms", {})
    backup = Backup(db)
    serials = Serials(db, FORM, counters, block=10, on_lease=_note)
    given = {serials.take() for _ in range(35)}
    write_ledger(db, documents)
    backup.restore()
    report()
    afterwards = Serials(db, FORM, counters, block=10)
    assert given.isdisjoint({afterwards.take() for _ in range(35)})


def _note(session: sa.orm.Session, day: str, last: int) -> None:
    from services.chassis.recovery.counters import note_lease

    note_lease(session, day, last)


def test_the_counter_leaps_over_what_only_the_ledger_knows(db: Database, documents: FolderDocuments) -> None:
    add_job(db)
    now = clock.now()
    ledger.write(documents, "registration", Entry(now, "serial", f"{_day()}-250300"))
    report()
    with db.read() as session:
        assert session.scalar(sa.select(counters.c.taken).where(counters.c.day == _day())) == 300_000


def _day() -> str:
    from services.chassis.serials import day_of

    return day_of(clock.now())


def test_each_restore_counts_also_from_a_backup_older_than_the_last(db: Database, documents: FolderDocuments) -> None:
    add_job(db)
    backup = Backup(db)
    for generation in (1, 2, 3):
        backup.restore()
        assert report()["generation"] == generation
        write_ledger(db, documents)
        assert revision_base(db) == generation * 1_000_000


def test_facts_after_a_restore_are_newer_than_all_before(db: Database) -> None:
    add_job(db)
    report()
    outbox.publish_as("registration", revision_base=revision_base(db))
    from services.registration.declarations.facts import DeclarationWithdrawn

    with db.write() as session:
        outbox.record(session, DeclarationWithdrawn.load(DeclarationWithdrawn.example), revision=2)
    with db.read() as session:
        headers = json.loads(session.scalar(sa.select(outbox.outbox.c.headers)) or "{}")
    assert headers["cloudEvents:revision"] == 1_000_002


def test_it_refuses_while_the_service_runs(db: Database) -> None:
    add_job(db)
    with Leadership(db, "relay.registration").try_lead() as lead:
        assert lead is not None
        result = vss()
    assert result.exit_code == 2
    assert "Stop it first" in result.output
    assert report()["done_before"] is False


def test_it_prints_the_commands_that_bring_everybody_up_to_date(db: Database) -> None:
    add_job(db)
    commands = report("--since", "2026-11-27T10:00:00Z")["commands"]
    assert "vss facts resend --from verification --to registration --since 2026-11-27T09:50:00Z" in commands  # type: ignore[operator]
    assert "vss facts resend --from registration --to notifications --since 2026-11-27T09:50:00Z" in commands  # type: ignore[operator]


def test_a_database_in_which_nothing_happened_is_not_repaired(db: Database) -> None:
    result = vss()
    assert result.exit_code == 2
    assert "Nothing has happened" in result.output


def test_the_ledger_takes_no_persons_data(db: Database) -> None:
    for words in ("Nguyễn Thành Biên", "+84912345678", "biennt@vss.gov.vn", ""):
        with db.write() as session, pytest.raises(ValueError, match="without anybody"):
            ledger.note(session, "erased", words)


def test_the_ledger_forgets_days_that_no_backup_reaches(documents: FolderDocuments) -> None:
    now = clock.now()
    for days in (0, 399, 401):
        ledger.write(documents, "registration", Entry(now - timedelta(days=days), "erased", f"no-{days}"))
    assert ledger.forget_old(documents, "registration", now) == 1
    found = ledger.entries(documents, "registration", since=now - timedelta(days=500))
    assert [entry.number for entry in found] == ["no-399", "no-0"]
