"""What the runner of the operations tests calls wrong."""

from typing import Any

import pytest

from tests.operations import AtLeast, AtMost
from tests.operations.figures import wrong
from tests.operations.subjects import subjects


def test_figures_as_expected_are_not_wrong() -> None:
    assert wrong({"lost": 0, "rate": 0.97, "seconds": 30}, {"lost": 0, "rate": AtLeast(0.95), "seconds": AtMost(30)}) == []


@pytest.mark.parametrize(
    ("figures", "expect", "fault"),
    [
        ({"lost": 1}, {"lost": 0}, "lost is 1, not 0"),
        ({"orders": [{"lost": 0}, {"lost": 2}]}, {"lost": 0}, "orders.1.lost is 2, not 0"),
        ({"accounts": {"lost": 3}}, {"lost": 0}, "accounts.lost is 3, not 0"),
        ({"rate": 0.94}, {"rate": AtLeast(0.95)}, "rate is 0.94, not AtLeast(limit=0.95)"),
        ({"seconds": 31}, {"seconds": AtMost(30)}, "seconds is 31, not AtMost(limit=30)"),
        ({"rate": None}, {"rate": AtLeast(0)}, "rate is None, not AtLeast(limit=0)"),
        ({"orders": []}, {"lost": 0}, "lost was not measured"),
    ],
)
def test_a_figure_that_differs_or_is_missing_is_named_with_its_place(
    figures: dict[str, Any], expect: dict[str, Any], fault: str
) -> None:
    assert wrong(figures, expect) == [fault]


def test_every_subject_expects_something() -> None:
    assert [subject for subject in subjects() if not subject.expect] == []
