"""What the commands share on the console."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.chassis.cli.console import duration


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("5m", 300), ("1.5h", 5400), ("2d", 172_800), ("1w", 604_800), ("1h30m", 5400)]
)
def test_a_duration_is_written_as_people_say_it(text: str, seconds: float) -> None:
    assert duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "m", "5 m", "-5m", "5y", "1h 30m", "9" * 30 + "w"])
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r"no duration|too long"):
        duration(text)
