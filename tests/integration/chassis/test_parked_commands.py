"""`vss parked` on the table of held messages: what a person sees, and what it does to the rows; on both databases."""

from __future__ import annotations

import json
import stat
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import amqp
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from services.chassis import clock
from services.chassis.bus import held, inbox
from services.chassis.bus.held import held_messages
from services.chassis.bus.parking import Reason
from services.chassis.bus.provenance import Way
from services.chassis.cli.main import app
from services.chassis.database import Database
from services.chassis.ids import uuid7
from tests.integration.chassis.programs.desk import Desk
from tests.stand.messages import filed
from tests.stand.migrated import migrate
from tests.stand.place import DESK

Run = Callable[..., Result]
BODY = {"dossier_no": "261121-000001", "full_name": "Nguyễn Thành Biên", "phone": "+84912345678"}


@pytest.fixture
def db(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Database]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "240")
    monkeypatch.chdir(tmp_path)
    database = Database(database_url)
    migrate(database, Desk.migrations)
    yield database
    database.dispose()


@pytest.fixture
def vss(db: Database) -> Run:
    def run(command: str, *arguments: str, answer: str | None = None) -> Result:
        return CliRunner().invoke(
            app, ["parked", command, *arguments, "--service", DESK], input=answer, catch_exceptions=False
        )

    return run


def park(
    db: Database,
    *,
    reason: Reason = Reason.HANDLER_ERROR,
    error: str = "KeyError: 'office'",
    body: bytes | None = None,
    minutes_ago: float = 0,
    due: bool = False,
    headers: dict[str, Any] | None = None,
) -> str:
    """Park a message as the subscriber does; its key."""
    message, then = filed(1), clock.now() - timedelta(minutes=minutes_ago)
    content = json.dumps(BODY, ensure_ascii=False).encode() if body is None else body
    raw = amqp.Message(content, application_headers=message.headers | (headers or {}), message_id=message.id)
    key = uuid.UUID(message.id) if reason is Reason.HANDLER_ERROR else held.key_by_content(raw)
    failure = held.failed(reason, error, attempts=1, due_at=clock.now() + timedelta(hours=1) if due else None)
    with db.write() as session:
        assert inbox.take(session, [key])
        held.hold(
            session,
            key,
            raw,
            Way(message.exchange, message.routing_key),
            failure | ({} if due else {"parked_at": then}),
            first_seen_at=then,
        )
    return str(key)


def rows(db: Database) -> dict[str, dict[str, Any]]:
    with db.read() as session:
        return {str(row["id"]): dict(row) for row in session.execute(sa.select(held_messages)).mappings()}


def listed(vss: Run, *arguments: str) -> dict[str, Any]:
    done = vss("list", "--json", "--each", *arguments)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def keys(found: dict[str, Any]) -> list[str]:
    return [item["id"] for item in found["items"]]


# Looking


def test_messages_are_grouped_by_fact_reason_and_error(db: Database, vss: Run) -> None:
    for minutes in (30, 10, 20):
        park(db, minutes_ago=minutes)
    park(db, reason=Reason.UNDECODABLE, error="body: not UTF-8 at byte 3", body=b"abc\xff")
    done = vss("list")
    assert done.exit_code == 0
    assert "KeyError: 'office'" in done.stdout
    assert "4 messages parked in 2 groups" in done.stdout
    groups = listed(vss)["groups"]
    assert [(g["fact"], g["reason"], g["messages"]) for g in groups] == [
        ("filed", "handler_error", 3),
        ("filed", "undecodable", 1),
    ]
    assert groups[0]["first_seen_at"] < groups[0]["last_parked_at"]
    assert groups[0]["group"] in done.stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--reason", "invalid"], ["invalid"]),
        (["--reason", "invalid", "--reason", "undecodable"], ["invalid", "poison"]),
        (["--fact", "refiled"], ["invalid"]),
        (["--fact", "filed.v1"], ["old", "poison"]),
        (["--fact", "fil"], []),
        (["--error", "KEYERROR"], ["old"]),
        (["--before", "1h"], ["old"]),
        (["--since", "1h30m"], ["invalid", "poison"]),
        (["--since", "3h", "--before", "30m", "--reason", "handler_error"], ["old"]),
        (["--dossier", "261121-000009"], ["poison"]),
        (["--limit", "1"], ["old"]),
    ],
)
def test_filters_choose(db: Database, vss: Run, arguments: list[str], expected: list[str]) -> None:
    made = {"old": park(db, minutes_ago=120)}
    other = {"cloudEvents:type": "vn.vss.front.refiled.v2"}
    made["invalid"] = park(db, reason=Reason.INVALID, error="email: wrong", minutes_ago=2, headers=other)
    about = {"cloudEvents:subject": "261121-000009"}
    made["poison"] = park(db, reason=Reason.UNDECODABLE, error="body: not JSON", minutes_ago=1, headers=about)
    assert keys(listed(vss, *arguments)) == [made[name] for name in expected]


def test_a_group_is_chosen_by_its_name_and_an_id_by_its_beginning(db: Database, vss: Run) -> None:
    first, _, third = park(db), park(db), park(db, error="ValueError")
    group = next(g["group"] for g in listed(vss)["groups"] if g["error"] == "ValueError")
    assert keys(listed(vss, "--group", group)) == [third]
    assert keys(listed(vss, "--group", "nothing")) == []
    assert keys(listed(vss, "--id", first[:30])) == [first]
    assert keys(listed(vss, "--id", "%")) == []


def test_what_waits_is_shown_apart(db: Database, vss: Run) -> None:
    parked, waiting = park(db), park(db, due=True)
    assert keys(listed(vss)) == [parked]
    assert keys(listed(vss, "--waiting")) == [waiting]


def test_an_empty_table_is_said_to_be_empty(vss: Run) -> None:
    assert vss("list").stdout.strip() == "0 messages parked"


def test_another_database_is_told_in_a_sentence(vss: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'other.sqlite3'}")
    done = vss("list")
    assert done.exit_code == 3
    assert "DATABASE_URL" in done.output


def test_values_are_masked_unless_revealed(db: Database, vss: Run) -> None:
    key = park(db, headers={"tenant": "Lê Hoa"})
    masked, revealed = vss("show", key), vss("show", key[:30], "--reveal")
    assert masked.exit_code == revealed.exit_code == 0
    assert "KeyError: 'office'" in masked.stdout
    assert '"full_name": "<text, 17 characters>"' in masked.stdout
    assert not [value for value in ("Biên", "84912345678", "Hoa") if value in masked.output]
    assert "Nguyễn Thành Biên" in revealed.stdout
    assert "Lê Hoa" in revealed.stdout
    assert "Personal data is shown" in revealed.output


def test_a_body_that_cannot_be_decoded_is_shown_in_bytes_when_revealed(db: Database, vss: Run) -> None:
    key = park(db, reason=Reason.UNDECODABLE, body=b'{"name":       "Nguy\xfen"}')
    masked, revealed = vss("show", key).stdout, vss("show", key, "--reveal").stdout
    assert "not UTF-8 at byte 20" in masked
    assert "Nguy" not in masked
    assert "Nguy" in revealed


def test_too_short_an_id_and_one_that_is_not_there_are_told(db: Database, vss: Run) -> None:
    park(db)
    park(db)
    assert vss("show", "0").exit_code == 2
    assert vss("show", "ffff").exit_code == 1


def test_nothing_in_a_message_is_obeyed_by_the_terminal(db: Database, vss: Run) -> None:
    key = park(
        db, error="\x1b]0;owned\x07[bold]", body=b'{"\\u001b[31m": "\\u009b"}', headers={"cloudEvents:type": "a\x9b31m"}
    )
    for done in (vss("list"), vss("list", "--each"), vss("show", key, "--reveal")):
        assert done.exit_code == 0
        assert not {"\x1b", "\x9b", "\x07"} & set(done.output)


# Replaying


def test_a_replay_makes_the_chosen_due_now_and_leaves_the_others(db: Database, vss: Run) -> None:
    chosen, other = park(db), park(db, error="ValueError")
    done = vss("replay", "--id", chosen)
    assert done.exit_code == 0, done.output
    assert "1 of 1 replayed" in done.stdout
    found = rows(db)
    assert (found[chosen]["state"], found[chosen]["attempts"], found[chosen]["replays"]) == ("waiting", 0, 1)
    assert found[chosen]["due_at"] <= clock.now()
    assert found[other]["state"] == "parked"
    again = vss("replay", "--id", chosen)
    assert again.exit_code == 1, "it is parked no more"


def test_what_waits_can_be_made_due_now(db: Database, vss: Run) -> None:
    key = park(db, due=True)
    assert vss("replay", "--waiting", "--all").exit_code == 0
    assert rows(db)[key]["due_at"] <= clock.now()


@pytest.mark.parametrize("command", [("replay",), ("drop", "--because", "x"), ("edit", "--merge", "{}")])
def test_a_command_wants_to_be_told_which_or_all(db: Database, vss: Run, command: tuple[str, ...]) -> None:
    park(db)
    assert vss(*command).exit_code == 2


def test_a_dry_run_and_a_no_change_nothing(db: Database, vss: Run) -> None:
    park(db)
    park(db)
    before = rows(db)
    dry, refused, silent = vss("replay", "--all", "--dry-run"), vss("replay", "--all", answer="n\n"), vss("replay", "--all")
    assert dry.exit_code == 0
    assert "2 messages would be replayed" in dry.stdout
    assert refused.exit_code == silent.exit_code == 1
    assert vss("drop", "--all", "--because", "x", "--dry-run").exit_code == 0
    assert vss("edit", "--all", "--merge", '{"pages": 2}', "--dry-run").exit_code == 0
    assert rows(db) == before
    assert not Path(".run").exists()


def test_a_script_is_told_in_json(db: Database, vss: Run) -> None:
    for _ in range(3):
        park(db)
    done = vss("replay", "--all", "--yes", "--json")
    assert json.loads(done.stdout) == {"chosen": 3, "replayed": 3}
    nothing = vss("replay", "--all", "--json")
    assert (nothing.exit_code, json.loads(nothing.stdout)) == (0, {"chosen": 0, "replayed": 0})


# Editing


def test_many_are_edited_by_one_patch_and_stay_parked_under_their_keys(db: Database, vss: Run) -> None:
    edited = [park(db, error="KeyError: 'office'") for _ in range(2)]
    other = park(db, error="ValueError")
    headers = '{"cloudEvents:subject": "261121-000002"}'
    done = vss("edit", "--error", "office", "--merge", '{"phone": "+84983847986"}', "--merge-headers", headers, "--yes")
    assert done.exit_code == 0, done.output
    assert "phone" in done.output
    assert "header cloudEvents:subject" in done.output
    assert "983847986" not in done.output
    found = rows(db)
    for key in edited:
        assert json.loads(found[key]["body"]) == BODY | {"phone": "+84983847986"}
        assert (found[key]["state"], found[key]["subject"]) == ("parked", "261121-000002")
        assert found[key]["edited_at"]
    assert json.loads(found[other]["body"]) == BODY


def test_what_the_service_could_still_not_read_is_refused_unless_forced(db: Database, vss: Run) -> None:
    key = park(db)
    arguments = ("edit", "--id", key, "--merge", '{"phone": "0912345678"}')
    refused = vss(*arguments)
    assert refused.exit_code == 2
    assert "phone" in refused.output
    assert rows(db)[key]["edited_at"] is None
    assert vss(*arguments, "--force").exit_code == 0
    assert json.loads(rows(db)[key]["body"])["phone"] == "0912345678"


@pytest.mark.parametrize("merge", ["{", "[1]", '"x"'])
def test_a_patch_that_is_none_is_told(db: Database, vss: Run, merge: str) -> None:
    park(db)
    assert vss("edit", "--all", "--merge", merge).exit_code == 1


def test_a_body_is_replaced_from_a_file(db: Database, vss: Run, tmp_path: Path) -> None:
    key = park(db, reason=Reason.UNDECODABLE, body=b"\xff")
    (tmp_path / "good.json").write_text(json.dumps(BODY))
    (tmp_path / "bad.json").write_text("[1]")
    assert vss("edit", "--id", key, "--file", "bad.json").exit_code == 1
    assert vss("edit", "--id", key, "--file", "good.json").exit_code == 0
    assert json.loads(rows(db)[key]["body"]) == BODY


def test_a_body_is_edited_in_the_person_s_editor(
    db: Database, vss: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = park(db)
    script = tmp_path / "editor.py"
    script.write_text(
        "import os, pathlib, stat, sys\n"
        "file = pathlib.Path(sys.argv[1])\n"
        "assert stat.S_IMODE(file.stat().st_mode) == 0o600\n"
        f"pathlib.Path({str(tmp_path / 'where')!r}).write_text(str(file))\n"
        "file.write_text(file.read_text().replace('Biên', 'Bình'))\n"
    )
    monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")
    done = vss("edit", "--id", key)
    assert done.exit_code == 0, done.output
    assert json.loads(rows(db)[key]["body"])["full_name"] == "Nguyễn Thành Bình"
    assert not Path((tmp_path / "where").read_text()).exists()
    script.write_text("import sys; sys.exit(3)")
    assert vss("edit", "--id", key).exit_code == 1


def test_many_want_a_patch_and_what_waits_is_not_edited(db: Database, vss: Run) -> None:
    park(db)
    park(db)
    assert vss("edit", "--all").exit_code == 2
    assert vss("edit", "--all", "--waiting", "--merge", "{}").exit_code == 2


# Dropping


def test_what_is_dropped_is_kept_in_a_file_that_only_its_owner_can_read(db: Database, vss: Run) -> None:
    poison, good = park(db, reason=Reason.UNDECODABLE, body=b"\xff"), park(db)
    done = vss("drop", "--reason", "undecodable", "--because", "a test of the sender's", "--yes")
    assert done.exit_code == 0, done.output
    assert list(rows(db)) == [good]
    (file,) = Path(".run/dropped").iterdir()
    assert file.name.startswith("desk-")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (record,) = [json.loads(line) for line in file.read_text().splitlines()]
    assert (record["id"], record["body"], record["because"]) == (poison, "/w==", "a test of the sender's")
    with db.write() as session:
        assert not inbox.take(session, [uuid.UUID(poison)]), "a copy that still comes is a duplicate"


def test_nothing_is_dropped_when_it_cannot_be_kept(db: Database, vss: Run, tmp_path: Path) -> None:
    key = park(db)
    (tmp_path / "there").write_text("mine")
    assert vss("drop", "--all", "--because", "x", "--save", "there").exit_code == 1
    assert (tmp_path / "there").read_text() == "mine"
    assert list(rows(db)) == [key]


# Many


def test_ten_thousand_messages_are_listed_and_replayed_in_seconds(db: Database, vss: Run) -> None:
    key = uuid.UUID(park(db))
    with db.write() as session:
        (row,) = session.execute(sa.select(held_messages)).mappings()
        session.execute(sa.insert(held_messages), [{**row, "id": uuid7()} for _ in range(9_999)])
    began = time.monotonic()
    assert "10,000 messages parked" in vss("list").stdout
    done = vss("replay", "--all", "--yes")
    assert "10,000 of 10,000 replayed" in done.stdout
    assert time.monotonic() - began < 20
    assert {one["state"] for one in rows(db).values()} == {"waiting"}
    assert str(key) in rows(db)
