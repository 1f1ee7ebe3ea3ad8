"""`vss complaints`: the lists go out and come back, all of a file or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.feedback.cli import app

LISTS = ("responsible", "holidays", "categories", "offices")


@pytest.fixture(autouse=True)
def _database(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", database_url)


def vss(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def kept(name: str, folder: Path) -> str:
    """The list as it is now."""
    file = folder / "kept.csv"
    done = vss(name, "export", str(file))
    assert done.exit_code == 0, done.output
    return file.read_text(encoding="utf-8-sig")


def written(folder: Path, text: str) -> str:
    file = folder / "list.csv"
    file.write_text(text, encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("name", LISTS)
def test_what_is_exported_can_be_taken_back_and_changes_nothing(name: str, tmp_path: Path) -> None:
    before = kept(name, tmp_path)
    why = ("--reason", "như cũ") if name == "categories" else ()
    taken = vss(name, "import", written(tmp_path, before), *why)
    assert taken.exit_code == 0, taken.output
    assert ": 0 added, 0 changed" in taken.output
    assert kept(name, tmp_path) == before


@pytest.mark.rule("F7")
def test_a_day_off_is_put_in_and_a_dry_run_only_says_so(tmp_path: Path) -> None:
    file = written(tmp_path, "day,kind,why\n2027-05-03,off,Quyết định nghỉ bù\n")
    assert "(dry run): 1 added" in vss("holidays", "import", file, "--dry-run").output
    assert "2027-05-03" not in kept("holidays", tmp_path)
    assert "1 added" in vss("holidays", "import", file).output
    assert "2027-05-03,off,Quyết định nghỉ bù" in kept("holidays", tmp_path)


@pytest.mark.rule("F3")
def test_a_list_with_a_fault_changes_nothing_and_names_the_line(tmp_path: Path) -> None:
    lines = kept("responsible", tmp_path)
    broken = lines.replace("giam-doc.79@bhxh.example", "khong-phai-dia-chi").replace("giam-doc.01@", "moi.01@")
    refused = vss("responsible", "import", written(tmp_path, broken))
    assert refused.exit_code == 2
    assert "Nothing was imported" in refused.output
    assert "email" in refused.output
    assert kept("responsible", tmp_path) == lines
