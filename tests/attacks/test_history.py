"""Who looks at people's data is known for ever (V16): an officer gone bad looks unseen, the database's user and its owner rewrite the history."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from services.chassis.bus.chaining import Chaining
from services.chassis.cli.main import app
from services.chassis.history import histories_of, history_entries
from services.chassis.history.chain import extend
from services.chassis.testing import PostgresNode
from services.verification.service import Verification
from tests.integration.notifications.desk import Desk as Notifications
from tests.integration.verification.desk import CODE, NAME, NO, Desk, dossier_no
from tests.stand.later import Later

pytestmark = pytest.mark.rule("V16", "V13")

ELSEWHERE, HERE = "officer:mai:48", "officer:lan:01"


class Place:
    """Verification on PostgreSQL with a user who owns nothing, and notifications, the witness of its history."""

    def __init__(self, url: str, witness: Path, later: Later, *, told: int = 0) -> None:
        self.bureau = Desk(url)
        self.witness = Notifications(f"sqlite:///{witness}")
        self.later = later
        self.chaining = Chaining("verification", self.bureau.db, histories_of(Verification))
        self.owner = sa.create_engine(url, poolclass=sa.NullPool)
        self.told = told

    def close(self) -> None:
        self.later.end()
        self.owner.dispose()
        self.bureau.close()
        self.witness.close()

    def chain(self) -> None:
        """What runs beside the relay; and what it tells arrives."""
        self.chaining.round()
        heads = self.bureau.facts("history_head_published")
        reader = next(
            each
            for each in self.witness.service.reads
            if (each.service, each.fact_name) == ("verification", "history_head_published")
        )
        for head in heads[self.told :]:
            self.witness.handle(reader, head.body)
        self.told = len(heads)

    def verify(self, monkeypatch: pytest.MonkeyPatch, *options: str) -> tuple[int, dict[str, Any]]:
        """`vss history verify`: its exit code, and what it says."""
        monkeypatch.setenv("VERIFICATION_DATABASE_URL", self.bureau.database_url)
        monkeypatch.setenv("NOTIFICATIONS_DATABASE_URL", self.witness.database_url)
        done = CliRunner().invoke(app, ["history", "verify", "-s", "verification", "--json", *options])
        return done.exit_code, json.loads(done.stdout)

    def as_owner(self, *statements: str) -> None:
        """What somebody with the owner's login does: no trigger stops it."""
        with self.owner.begin() as connection:
            for table in ("history", "history_entries", "history_links", "history_heads"):
                connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            for statement in statements:
                connection.execute(sa.text(statement))
            for table in ("history", "history_entries", "history_links", "history_heads"):
                connection.execute(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))

    def one(self, query: str) -> Any:
        with self.owner.connect() as connection:
            return connection.scalar(sa.text(query))


@pytest.fixture(scope="module")
def made(postgres: PostgresNode, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Three dossiers, looked at on two days; two heads told."""
    folder = tmp_path_factory.mktemp("history")
    place = Place(postgres.start().create_database("history_made"), folder / "witness.db", Later(folder / "clock"))
    for number in (1, 2, 3):
        place.bureau.submit(dossier_no(number))
        place.bureau.ask("GET", f"/{dossier_no(number)}", HERE)
    place.chain()
    place.later(days=1)
    place.bureau.ask("GET", f"/{NO}", HERE)
    place.chain()
    place.close()
    yield place
    postgres.start().drop_database("history_made")


@pytest.fixture
def place(made: Place, postgres: PostgresNode, tmp_path: Path) -> Iterator[Place]:
    """A copy of it, on the second day."""
    postgres.drop_database("history_copy")
    postgres.execute("CREATE DATABASE history_copy TEMPLATE history_made")
    shutil.copy(made.witness.db.url.database or "", tmp_path / "witness.db")
    later = Later(tmp_path / "clock")
    later(days=1)
    copy = Place(postgres.dsn("history_copy"), tmp_path / "witness.db", later, told=made.told)
    yield copy
    copy.close()
    postgres.drop_database("history_copy")


@pytest.fixture(scope="module")
def robbed(made: Place) -> Iterator[Place]:
    """Where the login of the service was stolen."""
    yield made
    made.close()


@pytest.fixture
def bureau(sqlite_url: str) -> Iterator[Desk]:
    desk = Desk(sqlite_url)
    yield desk
    desk.close()


@pytest.fixture
def later(tmp_path: Path) -> Iterator[Later]:
    clock = Later(tmp_path / "clock")
    yield clock
    clock.end()


def entries(bureau: Desk) -> list[dict[str, Any]]:
    with bureau.db.read() as session:
        return [dict(row) for row in session.execute(sa.select(history_entries).order_by(history_entries.c.seq)).mappings()]


# an officer gone bad


def test_whoever_opens_a_dossier_a_document_or_a_list_of_names_is_known_afterwards(bureau: Desk) -> None:
    bureau.submit()
    bureau.put("portrait", who=HERE)
    assert bureau.ask("GET", f"/{NO}", HERE).status_code == 200
    assert bureau.ask("GET", f"/{NO}/attachments/portrait", HERE).status_code == 200
    assert bureau.ask("GET", "", ELSEWHERE).status_code == 200
    seen = [(row["actor"], row["office_code"], row["kind"], row["about"], row["purpose"]) for row in entries(bureau)]
    assert seen == [
        ("lan", "01", "dossier", NO, "own_claim"),
        ("lan", "01", "document", NO, "own_claim"),
        ("mai", "48", "dossiers", None, "work_list"),
    ]
    assert entries(bureau)[2]["details"] == {"count": 1, "numbers": [NO]}
    assert NAME not in str(entries(bureau))
    assert CODE not in str(entries(bureau))


def test_a_dossier_that_is_nobodys_work_opens_only_for_who_says_what_for(bureau: Desk) -> None:
    bureau.submit()
    refused = bureau.ask("GET", f"/{NO}", ELSEWHERE)
    assert (refused.status_code, refused.json["type"]) == (428, "urn:vss:problem:purpose-needed")
    assert NAME not in refused.text
    assert entries(bureau) == []
    named = bureau.ask("GET", f"/{NO}", ELSEWHERE, headers={"X-Purpose": b"Xem so 0983847986".decode("latin-1")})
    assert (named.status_code, named.json["errors"][0]["field"]) == (422, "X-Purpose")
    said = "Công dân hỏi qua điện thoại"
    opened = bureau.ask("GET", f"/{NO}", ELSEWHERE, headers={"X-Purpose": said.encode().decode("latin-1")})
    assert opened.status_code == 200
    assert [(row["actor"], row["purpose"], row["details"]) for row in entries(bureau)] == [("mai", said, {"stated": True})]


def test_a_number_that_the_person_quotes_is_work_in_hand_for_half_an_hour_and_for_that_officer_only(
    bureau: Desk, later: Later
) -> None:
    bureau.submit()
    bureau.ask("GET", "", ELSEWHERE, query_string={"dossier_no": NO})
    assert bureau.ask("GET", f"/{NO}", ELSEWHERE).status_code == 200
    assert bureau.ask("GET", f"/{NO}", "officer:other:48").status_code == 428
    later(minutes=31)
    assert bureau.ask("GET", f"/{NO}", ELSEWHERE).status_code == 428
    assert [row["purpose"] for row in entries(bureau)] == ["number_quoted", "number_quoted"]


def test_nothing_is_shown_where_the_look_cannot_be_written(bureau: Desk) -> None:
    bureau.submit()
    with bureau.db.write() as session:
        session.execute(sa.text("ALTER TABLE history_entries RENAME TO elsewhere"))
    refused = bureau.ask("GET", f"/{NO}", HERE)
    assert refused.status_code >= 500
    assert NAME not in refused.text


# the owner of the database, too


def test_a_history_that_nobody_touched_is_whole(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = place.verify(monkeypatch)
    assert (code, said["whole"], said["faults"]) == (0, True, [])
    assert said["said_by"] == ["itself", "notifications"]
    assert (
        said["links"]
        == said["newest"]
        == place.one("SELECT count(*) FROM history") + place.one("SELECT count(*) FROM history_entries")
    )


def test_a_changed_entry_is_found(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.as_owner("UPDATE history_entries SET actor = 'another' WHERE seq = 2")
    code, said = place.verify(monkeypatch)
    assert code == 1
    assert [(each["what"], each["entry_table"], each["entry_seq"]) for each in said["faults"]] == [
        ("changed", "history_entries", 2)
    ]


def test_a_deleted_entry_is_found(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.as_owner("DELETE FROM history WHERE seq = 1")
    code, said = place.verify(monkeypatch)
    assert code == 1
    assert [(each["what"], each["entry_table"], each["entry_seq"]) for each in said["faults"]] == [("deleted", "history", 1)]


def test_an_entry_deleted_with_its_link_is_found(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.as_owner(
        "DELETE FROM history_links WHERE entry_table = 'history_entries' AND entry_seq = 1",
        "DELETE FROM history_entries WHERE seq = 1",
    )
    code, said = place.verify(monkeypatch)
    assert (code, said["faults"][0]["what"]) == (1, "link_missing")


def test_an_entry_put_in_with_an_old_date_is_found(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.as_owner(
        "INSERT INTO history_entries (at, actor, action, kind, about, purpose, details) "
        "SELECT min(at), 'innocent', 'viewed', 'dossier', min(about), 'own_claim', '{}' FROM history_entries"
    )
    code, said = place.verify(monkeypatch)
    assert (code, said["faults"][0]["what"]) == (1, "unlinked")
    place.chain()  # and when the service has given it a link
    code, said = place.verify(monkeypatch)
    assert (code, said["faults"][0]["what"]) == (1, "inserted")


@pytest.mark.parametrize("own_copy", ["left", "rewritten"])
def test_a_chain_made_anew_after_a_change_is_found(place: Place, monkeypatch: pytest.MonkeyPatch, own_copy: str) -> None:
    before = place.one("SELECT position - 1 FROM history_links WHERE entry_table = 'history_entries' AND entry_seq = 2")
    place.as_owner(
        "UPDATE history_entries SET actor = 'another' WHERE seq = 2", f"DELETE FROM history_links WHERE position > {before}"
    )
    with place.bureau.db.write() as session:
        extend(session, histories_of(Verification), everything=True)
    if own_copy == "rewritten":
        place.as_owner("UPDATE history_heads h SET hash = l.hash FROM history_links l WHERE l.position = h.position")
    code, said = place.verify(monkeypatch)
    assert code == 1
    assert ("rewritten", "notifications") in {(each["what"], each["said_by"]) for each in said["faults"]}
    assert said["faults"][0]["after"] < place.one("SELECT max(position) FROM history_links")


def test_a_chain_cut_off_at_its_end_is_found(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    last = place.one("SELECT max(position) FROM history_links")
    place.as_owner(
        f"DELETE FROM history_entries WHERE seq = (SELECT entry_seq FROM history_links WHERE position = {last})",
        f"DELETE FROM history_links WHERE position = {last}",
        "DELETE FROM history_heads WHERE day = (SELECT max(day) FROM history_heads)",
    )
    code, said = place.verify(monkeypatch)
    assert (code, said["faults"][0]["what"], said["faults"][0]["said_by"]) == (1, "cut_off", "notifications")


def test_without_anybody_elses_heads_nothing_is_called_whole(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = tmp_path / "heads.json"
    kept.write_text(json.dumps([head.body for head in place.bureau.facts("history_head_published")]), "utf-8")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    place.witness.database_url = f"sqlite:///{tmp_path / 'nothing.db'}"
    assert place.verify(monkeypatch)[0] == 4
    code, said = place.verify(monkeypatch, "--heads", str(kept))
    assert (code, said["said_by"]) == (0, [str(kept), "itself"])


def test_the_service_itself_says_that_its_history_is_broken(place: Place) -> None:
    assert place.chaining.problem() is None
    place.as_owner("UPDATE history_entries SET actor = 'another' WHERE seq = (SELECT max(seq) FROM history_entries)")
    place.later(days=2)
    place.chain()
    assert place.chaining.problem() == "the history was changed (vss history verify)"


# the login of the service's database stolen


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER history_only_grows ON history",
        "ALTER TABLE history DISABLE TRIGGER ALL",
        "ALTER TABLE history_entries DISABLE TRIGGER USER",
        "DROP FUNCTION chassis_history_only_grows() CASCADE",
        "CREATE OR REPLACE FUNCTION history_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "DROP TABLE history_links",
        "TRUNCATE history_entries",
        "UPDATE history SET actor = 'another'",
        "UPDATE history_entries SET actor = 'another'",
        "UPDATE history_links SET hash = 'x'",
        "DELETE FROM history",
        "DELETE FROM history_entries",
        "DELETE FROM history_heads",
        "SET session_replication_role = replica",
        "UPDATE chassis_schema SET version_num = '0001'",
        "CREATE TABLE own (n int)",
        "SET ROLE postgres",
    ],
)
def test_the_services_login_cannot_touch_the_history(robbed: Place, statement: str) -> None:
    place = robbed
    before = (place.one("SELECT count(*) FROM history"), place.one("SELECT count(*) FROM history_entries"))
    with pytest.raises(sa.exc.DBAPIError, match=r"must be owner|permission denied"), place.bureau.db.write() as session:
        session.execute(sa.text(statement))
    assert (place.one("SELECT count(*) FROM history"), place.one("SELECT count(*) FROM history_entries")) == before
