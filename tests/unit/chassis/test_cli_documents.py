"""`vss documents encrypt`: what was put before is encrypted in place, a bounded number at a time."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.chassis.cli.main import app
from services.chassis.documents.folder import FolderDocuments
from services.chassis.documents.opening import documents_of
from services.chassis.secretbox import generate_key
from services.chassis.settings import Secret, Url, chassis_settings

OLD, NEW = generate_key().reveal(), generate_key().reveal()


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCUMENTS_URL", f"file:{tmp_path / 'documents'}")
    monkeypatch.setenv("DOCUMENT_KEYS_URL", f"file:{tmp_path / 'keys'}")
    monkeypatch.setenv("DOCUMENTS_KEY", OLD)
    return tmp_path


def ran(*options):
    result = CliRunner().invoke(app, ["documents", "encrypt", "-s", "verification", "--json", *options])
    return result.exit_code, json.loads(result.stdout)


def papers(place, count=3):
    """Documents as an earlier release has put them."""
    made = []
    for number in range(count):
        made.append(FolderDocuments(place / "documents").put(b"NGUYEN VAN AN %d" % number, "image/jpeg"))
        time.sleep(0.002)
    return made


def readable(place):
    return [path for path in Path(place / "documents").rglob("*") if path.is_file() and b"NGUYEN" in path.read_bytes()]


def test_documents_of_before_are_encrypted_and_stay_what_they_were(place, monkeypatch):
    made = papers(place)
    assert len(readable(place)) == 3
    code, told = ran()
    assert (code, told["looked_at"], told["changed"], told["complete"]) == (0, 3, 3, True)
    assert readable(place) == []
    places: dict[str, Any] = {
        "documents_url": Url(f"file:{place / 'documents'}"),
        "document_keys_url": Url(f"file:{place / 'keys'}"),
    }
    store = documents_of(chassis_settings("x")(**places, documents_key=Secret(OLD)))
    for number, document in enumerate(made):
        assert store.get(document.document_id, sha256=document.sha256) == b"NGUYEN VAN AN %d" % number
    assert ran()[1]["changed"] == 0


def test_a_run_stops_at_its_limit_and_the_next_goes_on(place):
    papers(place)
    code, told = ran("--limit", "2")
    assert (code, told["changed"], told["complete"]) == (1, 2, False)
    assert datetime.fromisoformat(told["until"]) <= datetime.now(UTC)
    code, told = ran("--since", told["until"][:19] + "Z")
    assert (code, told["changed"], told["complete"]) == (0, 1, True)


def test_after_a_rotation_keys_are_sealed_anew_and_the_old_one_can_go(place, monkeypatch):
    papers(place)
    ran()
    monkeypatch.setenv("DOCUMENTS_KEY", f"{NEW},{OLD}")
    assert ran()[1]["changed"] == 3
    monkeypatch.setenv("DOCUMENTS_KEY", NEW)
    code, told = ran()
    assert (code, told["looked_at"], told["changed"], told["damaged"]) == (0, 3, 0, 0)


def test_a_damaged_document_is_counted_and_left_alone(place):
    first, *_ = papers(place)
    (path,) = (place / "documents").rglob(first.document_id)
    path.write_bytes(b"damaged")
    code, told = ran()
    assert (code, told["changed"], told["damaged"]) == (1, 2, 1)
    assert path.read_bytes() == b"damaged"
