"""`vss outbox list`: what a service has told and nobody has got yet; on both databases."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from services.chassis.bus import outbox
from services.chassis.bus.log_store import LogStore
from services.chassis.bus.telling import Telling
from services.chassis.cli.main import app
from services.chassis.database import Database
from tests.integration.chassis.programs.desk import Desk, TakenUp
from tests.stand.migrated import migrate
from tests.stand.place import DESK


def test_facts_not_sent_yet_are_listed_by_dossier_and_never_with_whose(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    outbox.publish_as("desk")
    database = Database(database_url)
    migrate(database, Desk.migrations)
    for number in (1, 2, 3):
        with database.write() as session:
            outbox.record(session, TakenUp(dossier_no=f"261121-00000{number}", full_name="Nguyễn Thị Bích Ngọc"))
    store, telling = LogStore(database), Telling("desk", {"taken_up": ("archive",)})
    store.number(store.recorded(2), store.open(telling.readers), telling)
    database.dispose()

    def vss(*arguments: str) -> str:
        done = CliRunner().invoke(app, ["outbox", "list", "-s", DESK, *arguments], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    assert all(f"261121-00000{number}" in vss() for number in (1, 2, 3))
    assert "Ngọc" not in vss()
    (one,) = json.loads(vss("--dossier", "261121-000002", "--json"))
    assert (one["fact"], one["subject"]) == ("taken_up", "261121-000002")
    assert one["waits_for"] == "archive"
    (last,) = json.loads(vss("--dossier", "261121-000003", "--json"))
    assert last["waits_for"] == "the relay"
    assert json.loads(vss("--dossier", "261121", "--json")) == []
