"""`vss topology export --passwords`: a file with every user, and with no password."""

from __future__ import annotations

import base64
import hashlib
import json
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.chassis.bus import rights
from services.chassis.cli.main import app

USERS = ("registration", "verification", "accounts", "notifications", "feedback", "watcher")


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    for user in (*USERS, "agency.bca"):
        (tmp_path / f"{user}_amqp_uri").write_text(f"amqps://{user}:p%40ss-of-{user}@rabbit:5671/\n", encoding="utf-8")
    return tmp_path


def export(folder: Path, *arguments: str) -> Result:
    command = ["topology", "export", "--passwords", str(folder), "--out", str(folder / "out.json"), *arguments]
    return CliRunner().invoke(app, command)


def test_each_user_has_its_rights_and_the_hash_of_its_password(secrets: Path) -> None:
    done = export(secrets, "--agency", "bca")
    assert done.exit_code == 0, done.output
    file = secrets / "out.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text(encoding="utf-8")
    assert "ss-of-" not in text
    told = json.loads(text)
    assert {user["name"]: user["tags"] for user in told["users"]} == {
        **{user: [] for user in (*USERS, "agency.bca")},
        "watcher": ["administrator"],
    }
    for user in told["users"]:
        salted = base64.b64decode(user["password_hash"])
        password = f"p@ss-of-{user['name']}".encode()
        assert salted[4:] == hashlib.sha256(salted[:4] + password).digest()
    may = {one["user"]: (one["configure"], one["write"], one["read"]) for one in told["permissions"]}
    assert may["watcher"] == ("^$", "^$", "^$")
    assert may["agency.bca"] == rights.of_agency("bca")[:3]
    assert {one["user"] for one in told["topic_permissions"]} == set(USERS) - {"watcher"}
    assert told["queues"], "and all that the services need"


def test_each_address_that_is_missing_or_somebody_elses_is_named_without_its_password(secrets: Path) -> None:
    (secrets / "accounts_amqp_uri").unlink()
    (secrets / "feedback_amqp_uri").write_text("amqps://vss:hunter2@rabbit/", encoding="utf-8")
    (secrets / "watcher_amqp_uri").write_text("watcher", encoding="utf-8")
    done = export(secrets)
    assert done.exit_code == 2
    places = [done.output.find(f"{user}_amqp_uri") for user in ("accounts", "feedback", "watcher")]
    assert -1 < places[0] < places[1] < places[2]
    assert "registration_amqp_uri" not in done.output
    assert "hunter2" not in done.output
    assert not (secrets / "out.json").exists()


def test_without_passwords_no_user_is_named(tmp_path: Path) -> None:
    file = tmp_path / "plain.json"
    assert CliRunner().invoke(app, ["topology", "export", "--out", str(file)]).exit_code == 0
    assert not {"users", "permissions", "topic_permissions"} & json.loads(file.read_text(encoding="utf-8")).keys()


def test_the_commands_for_each_user_are_printed() -> None:
    said = CliRunner().invoke(app, ["topology", "rights", "--amqp-uri", "amqp://guest:guest@127.0.0.1/"]).output
    assert "rabbitmqctl set_topic_permissions -p / verification public.events '^verification\\..+$' '.*'" in said
    assert "rabbitmqctl set_topic_permissions -p / accounts verification.events '^$' '^(" in said
    assert "rabbitmqctl set_user_tags watcher administrator" in said
