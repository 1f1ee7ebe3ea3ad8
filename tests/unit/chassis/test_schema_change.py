"""What the comparison of two releases' schemas calls taken away."""

from pathlib import Path

import pytest

from services.chassis.database import Database
from tests.stand.schema_change import contracts, schema_of, taken_away

_BEFORE = "CREATE TABLE cases (no TEXT PRIMARY KEY, office TEXT, opened INTEGER NOT NULL)"


def faults_after(folder: Path, *statements: str) -> list[str]:
    url = f"sqlite:///{folder / 'some.db'}"
    database = Database(url)
    with database.write() as session:
        session.connection().exec_driver_sql(_BEFORE)
    before = schema_of(url)
    with database.write() as session:
        for statement in statements:
            session.connection().exec_driver_sql(statement)
    return taken_away(before, schema_of(url))


def test_tables_columns_and_indexes_may_be_added(tmp_path: Path) -> None:
    added = (
        "CREATE TABLE more (id INTEGER PRIMARY KEY)",
        "ALTER TABLE cases ADD COLUMN board TEXT",
        "ALTER TABLE cases ADD COLUMN level INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX cases_office ON cases (office)",
    )
    assert faults_after(tmp_path, *added) == []


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("ALTER TABLE cases RENAME TO dossiers", "table cases is gone"),
        ("ALTER TABLE cases DROP COLUMN office", "cases.office is gone"),
        ("ALTER TABLE cases RENAME COLUMN office TO place", "cases.office is gone"),
        ("CREATE UNIQUE INDEX one_an_office ON cases (office)", "cases has a new rule: unique ['office']"),
    ],
)
def test_what_the_program_before_would_miss_is_named(tmp_path: Path, statement: str, fault: str) -> None:
    assert faults_after(tmp_path, statement) == [fault]


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ("no TEXT PRIMARY KEY, office TEXT NOT NULL, opened INTEGER NOT NULL", "cases.office refuses NULL now"),
        ("no TEXT PRIMARY KEY, office TEXT, opened TEXT NOT NULL", "cases.opened was INTEGER and is TEXT"),
        (
            "no TEXT PRIMARY KEY, office TEXT, opened INTEGER NOT NULL, board TEXT NOT NULL",
            "cases.board is new, and wants a value",
        ),
    ],
)
def test_a_column_that_the_program_before_cannot_write_is_named(tmp_path: Path, columns: str, fault: str) -> None:
    assert faults_after(tmp_path, "DROP TABLE cases", f"CREATE TABLE cases ({columns})") == [fault]


def test_a_step_that_takes_something_away_names_the_one_that_made_it_unnecessary(tmp_path: Path) -> None:
    versions = tmp_path / "versions"
    versions.mkdir()
    (versions / "0002_add.py").write_text('revision = "0002"\n')
    (versions / "0003_drop.py").write_text('revision = "0003"\ncontract = "0002"\n')
    assert contracts(tmp_path) == {"0003_drop": "0002"}
