"""Migrated databases for tests that do not test migrations.

The migrations of a service take longer than most tests. Each worker runs them once, and every test that needs its own SQLite file
gets a copy of the result. Migrations may store the current date (it plans the first weekly report), so while the clock is moved
they really run.
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
    """Do what ``database.migrate(scripts)`` does, by copying if possible: an existing SQLite file and PostgreSQL really migrate."""
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
    database.dispose()  # closing the last connection checkpoints the WAL into the file
    assert not file.with_name(f"{file.name}-wal").exists()
    return file
