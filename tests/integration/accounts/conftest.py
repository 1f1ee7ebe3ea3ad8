"""Accounts on both kinds of database, and a clock that moves at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.chassis import clock
from tests.integration.accounts.accounts_house import House


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    house = House(database_url)
    yield house
    house.database.dispose()


@pytest.fixture
def lite(sqlite_url: str) -> Iterator[House]:
    """On SQLite only: for rules that no database has a part in."""
    house = House(sqlite_url)
    yield house
    house.database.dispose()


@pytest.fixture
def later(tmp_path: Path) -> Iterator[Callable[..., None]]:
    """`later(days=10)` moves the clock on."""
    file, moved = tmp_path / "clock", 0.0

    def move(*, days: float = 0, hours: float = 0, seconds: float = 0) -> None:
        nonlocal moved
        moved += days * 86_400 + hours * 3600 + seconds
        clock.move_to(file, moved)
        clock.use_offset_file(file)  # read at once

    yield move
    clock.use_offset_file(None)


def problem(answer: Any) -> str:
    return str(answer.json["type"]).removeprefix("urn:vss:problem:")
