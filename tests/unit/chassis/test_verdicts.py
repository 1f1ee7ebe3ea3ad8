"""Tables of answers, and the wait that another system asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from services.chassis.verdicts import UNKNOWN_ANSWER, Fault, Verdict, Verdicts, retry_after

pytestmark = pytest.mark.rule("N14")
TABLE = """
system = "Somebody"
by = "code"

[[row]]
answers = ["1", "2"]
fault = "message"
code = "gone"
says = "no such person"
source = "https://somebody.example/{}"
"""


def test_one_row_of_a_file_is_one_for_each_of_its_answers(tmp_path: Path) -> None:
    (tmp_path / "table.toml").write_text(TABLE, encoding="utf-8")
    table = Verdicts.load(tmp_path / "table.toml")
    assert [(row.answer, row.source) for row in table.rows] == [
        ("1", "https://somebody.example/1"),
        ("2", "https://somebody.example/2"),
    ]
    assert table.find(None, 3, 2) == table.rows[1]


def test_what_is_in_no_row_is_ours(tmp_path: Path) -> None:
    table = Verdicts("Somebody", "code", [])
    assert table.find("7", "x") == Verdict("7", Fault.OURS, UNKNOWN_ANSWER, "not in the table", "")
    assert table.find(None).fault is Fault.OURS


def test_no_answer_has_two_rows() -> None:
    row = Verdict("1", Fault.PASSING, "busy", "", "")
    with pytest.raises(ValueError, match="two rows"):
        Verdicts("Somebody", "code", [row, row])


@pytest.mark.parametrize(
    ("text", "seconds"), [("7", 7.0), ("0", 0.0), ("", None), (None, None), ("soon", None), ("\u0667", None)]
)
def test_a_wait_is_given_in_seconds(text: str | None, seconds: float | None) -> None:
    assert retry_after(text) == seconds


def test_or_as_a_date() -> None:
    soon = retry_after(format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True))
    assert soon is not None
    assert 85 < soon <= 90
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0


def test_a_date_is_measured_by_the_clock_of_whoever_wrote_it() -> None:
    """Inputs 39: the other side's clock may be an hour ahead of ours, or behind."""
    for hours in (-1, 0, 1):
        there = datetime.now(UTC) + timedelta(hours=hours)
        wait = retry_after(
            format_datetime(there + timedelta(seconds=90), usegmt=True), date=format_datetime(there, usegmt=True)
        )
        assert wait == 90.0
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT", date="never") == 0.0


@pytest.mark.parametrize(
    "text", ["Fri, 31 Dec 9999 23:59:59 -2300", "Mon, 01 Jan 0001 00:00:00 +2300", "Wed, 99 Oct 2015", "9" * 5000]
)
def test_a_date_that_cannot_be_is_no_wait_that_ends_us(text: str) -> None:
    assert retry_after(text) in (None, 0.0, float("inf"))
