"""Databases of earlier releases: what they shipped under the name of a province is called as today, what an operator wrote stays (W3)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.chassis.database import Database
from services.chassis.discovery import load

#: the step before the renaming
STEPS = {"registration": "0011", "accounts": "0007", "feedback": "0007"}
OLD, NEW, OWN = "BHXH tỉnh Đồng Nai", "BHXH Thành phố Đồng Nai", "BHXH Đồng Nai (trụ sở mới)"


@pytest.mark.rule("W3")
@pytest.mark.parametrize("service", STEPS)
@pytest.mark.parametrize(("stored", "then"), [(OLD, NEW), (OWN, OWN)])
def test_a_shipped_office_takes_the_provinces_name_of_today(
    database_url: str, tmp_path: Path, service: str, stored: str, then: str
) -> None:
    migrations = vars(load(service))["migrations"]
    database = Database(database_url)
    database.migrate(_until(STEPS[service], migrations, tmp_path / "migrations"))
    with database.write() as session:
        session.execute(sa.text("UPDATE offices SET name = :name WHERE code = '75'"), {"name": stored})
        if service == "feedback":
            session.execute(
                sa.text("UPDATE responsible SET office = :name WHERE kind = 'province' AND code = '75'"), {"name": stored}
            )
    database.migrate(migrations)
    with database.read() as session:
        assert session.scalar(sa.text("SELECT name FROM offices WHERE code = '75'")) == then
        if service == "feedback":
            assert session.scalar(sa.text("SELECT office FROM responsible WHERE code = '75'")) == then
    database.dispose()


def _until(step: str, migrations: Path, folder: Path) -> Path:
    """Return a copy of the migrations that ends with a step."""
    shutil.copytree(migrations, folder, ignore=shutil.ignore_patterns("__pycache__"))
    if (lists := migrations.parent / "data").is_dir():
        (folder.parent / "data").symlink_to(lists)
    for each in (folder / "versions").glob("*.py"):
        if each.name[: len(step)] > step:
            each.unlink()
    return folder
