"""The movable clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.chassis import clock


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    clock.use_offset_file(tmp_path / "offset")
    yield tmp_path / "offset"
    clock.use_offset_file(None)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets the file be looked at again, without waiting."""
    passed = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: passed[0])

    def later() -> None:
        passed[0] += 0.25

    return later


def moved() -> float:
    return round((clock.now() - datetime.now(UTC)).total_seconds())


def test_now_is_aware_and_utc() -> None:
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)


def test_without_a_file_the_clock_is_the_machines(file: Path) -> None:
    assert moved() == 0


def test_the_file_moves_the_clock_forth_and_back(file: Path, later: Callable[[], None]) -> None:
    for seconds in (864_000, -3600, 0):
        clock.move_to(file, seconds)
        later()
        assert moved() == round(seconds)


def test_half_a_number_moves_nothing(file: Path, later: Callable[[], None]) -> None:
    clock.move_to(file, 600)
    later()
    assert moved() == 600
    for half in ("6e", "sixty", "-"):
        file.write_text(half)
        later()
        assert moved() == 600


def test_an_empty_or_absent_file_is_the_present(file: Path, later: Callable[[], None]) -> None:
    clock.move_to(file, 600)
    later()
    assert moved() == 600
    file.write_text("\n")
    later()
    assert moved() == 0
    clock.move_to(file, 600)
    later()
    assert moved() == 600
    file.unlink()
    later()
    assert moved() == 0


@pytest.mark.parametrize("beyond", ["inf", "nan", "-inf", "1e300"])
def test_a_number_that_is_no_time_moves_nothing(file: Path, later: Callable[[], None], beyond: str) -> None:
    clock.move_to(file, 600)
    later()
    assert moved() == 600
    file.write_text(beyond)
    later()
    assert moved() == 600


def test_the_file_is_looked_at_only_now_and_then(file: Path, later: Callable[[], None]) -> None:
    clock.move_to(file, 600)
    later()
    assert moved() == 600
    clock.move_to(file, 1200)
    assert moved() == 600
    later()
    assert moved() == 1200
