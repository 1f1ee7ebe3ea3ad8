"""Accounts on both kinds of database, and a clock that moves at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.accounts.desk import Desk
from tests.stand.later import Later


@pytest.fixture
def house(database_url: str) -> Iterator[Desk]:
    house = Desk(database_url)
    yield house
    house.close()


@pytest.fixture
def lite(sqlite_url: str) -> Iterator[Desk]:
    """On SQLite only: for rules that no database has a part in."""
    house = Desk(sqlite_url)
    yield house
    house.close()


@pytest.fixture
def later(tmp_path: Path) -> Iterator[Callable[..., None]]:
    """`later(days=10)` moves the clock on."""
    clock = Later(tmp_path / "clock")
    yield clock.on
    clock.end()


def problem(answer: Any) -> str:
    return str(answer.json["type"]).removeprefix("urn:vss:problem:")
