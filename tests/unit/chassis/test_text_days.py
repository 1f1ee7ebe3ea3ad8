"""Days as people write them."""

from __future__ import annotations

from datetime import date

import marshmallow as ma
import pytest

from services.chassis.text.days import written_day
from services.chassis.web.typed import Day

DAY = date(1987, 5, 19)


@pytest.mark.rule("W2")
@pytest.mark.parametrize(
    "text",
    [
        "1987-05-19",
        " 1987-05-19 ",
        "1987–05–19",
        "1987\u201105\u201119",
        "１９８７-05-19",
        "1987-05-19\u200b",
        "\u202a1987-05-19\n",
    ],
)
def test_a_day_is_folded_before_it_is_judged(text):
    assert written_day(text) == DAY
    assert Day(None, None).deserialize(text) == DAY


@pytest.mark.parametrize(
    "text",
    ["1987-W21-2", "1987-139", "19870519", "1987-5-19", "19/05/1987", "1987-02-29", "1987-05-19T00:00", "0000-01-01", ""],
)
def test_what_people_do_not_write_is_refused(text):
    with pytest.raises(ValueError):
        written_day(text)
    with pytest.raises(ma.ValidationError):
        Day(None, None).deserialize(text)


@pytest.mark.parametrize("value", [19870519, True, ["1987-05-19"], {}])
def test_a_day_is_text(value):
    with pytest.raises(ma.ValidationError):
        Day(None, None).deserialize(value)


@pytest.mark.parametrize(
    ("text", "is_taken"), [("1999-12-31", False), ("2000-01-01", True), ("2999-12-31", True), ("9999-12-31", False)]
)
def test_a_day_lies_in_years_that_mean_something_unless_other_rules_judge_it(text, is_taken):
    assert Day(None, None).deserialize(text) == date.fromisoformat(text)
    if is_taken:
        assert Day().deserialize(text) == date.fromisoformat(text)
    else:
        with pytest.raises(ma.ValidationError):
            Day().deserialize(text)
