"""Commands on another service's database say so, whatever they ask: the chassis' tables, which are in each, hold nothing there."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.chassis.cli.main import app
from services.chassis.database import Database
from services.chassis.discovery import installed, load
from tests.stand.migrated import migrate

SERVICES = ("accounts", "feedback", "notifications", "registration", "verification")
COMMANDS = (
    ("facts", "lanes", "-s", "registration"),
    ("facts", "gaps", "-s", "registration"),
    ("facts", "gaps", "-s", "registration", "--forget"),
    ("facts", "resend", "--from", "registration", "--to", "notifications", "--all", "--dry-run"),
    ("facts", "give-back", "--from", "registration", "--to", "verification", "--since", "2h"),
    ("jobs", "list", "-s", "registration"),
    ("jobs", "held", "-s", "registration"),
    ("jobs", "retry", "-s", "registration", "--all"),
    ("outbox", "list", "-s", "registration"),
    ("parked", "list", "-s", "registration"),
    ("sweeps", "list", "-s", "registration"),
    ("after-restore", "registration", "--dry-run"),
    ("after-restore", "registration"),
)


def on_database_of(service: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{folder / 'here.sqlite3'}"
    database = Database(url)
    migrate(database, getattr(load(service), "migrations"))  # noqa: B009  # the protocol does not have it
    database.dispose()
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DOCUMENTS_URL", f"file:{folder / 'documents'}")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_on_another_services_database_says_so(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_database_of("accounts", tmp_path, monkeypatch)
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    assert result.exit_code == 3, result.output
    assert "is not this service's" in result.output
    assert "DATABASE_URL" in result.output


@pytest.mark.parametrize("there", SERVICES)
def test_each_service_knows_its_own_database_from_every_other(
    there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(SERVICES) == set(installed())
    on_database_of(there, tmp_path, monkeypatch)
    well = {
        service
        for service in SERVICES
        if CliRunner().invoke(app, ["jobs", "held", "-s", service], catch_exceptions=False).exit_code == 0
    }
    assert well == {there}


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_numbers_that_were_never_given_are_not_told_again(
    more: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_database_of("registration", tmp_path, monkeypatch)
    command = ["facts", "resend", "--from", "registration", "--to", "notifications", "--numbers", "1795800000:7-9", *more]
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    assert result.exit_code == 1
    assert "keeps no facts with the numbers 1795800000:7-9" in result.output
