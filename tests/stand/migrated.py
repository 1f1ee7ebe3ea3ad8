"""Databases with the tables of a service in them, for tests that have nothing to say about migrations.

The migrations of a service take longer than most tests. Each worker runs them once, and every test that wants a SQLite file of its
own gets a copy of the one that they have made. Migrations may write down what day it is (the first report of a week is planned so):
while the clock is moved they run in earnest.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from services.chassis import clock
from services.chassis.database import Database


def migrate(database: Database, scripts: Path | None = None) -> None:
    """What ``database.migrate(scripts)`` does. A SQLite file that is there already, and PostgreSQL, are migrated in earnest."""
    file = Path(database.url.database or "")
    if database.is_postgresql or file.exists() or _clock_is_moved():
        database.migrate(scripts)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_made(scripts), file)


def _clock_is_moved() -> bool:
    return abs(clock.now() - datetime.now(UTC)) > timedelta(seconds=1)


@cache
def _made(scripts: Path | None) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="vss-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "made.sqlite3"
    database = Database(f"sqlite:///{file}")
    database.migrate(scripts)
    database.dispose()  # the last connection writes its log into the file as it goes
    assert not file.with_name(f"{file.name}-wal").exists()
    return file
