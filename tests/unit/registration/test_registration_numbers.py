"""Dossier numbers: a typing error is caught before anybody searches."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.serials import check_digit, day_of
from services.registration import events
from services.registration.declarations.numbers import FORM, is_dossier_no

days = st.dates().map(lambda day: f"{day:%y%m%d}")
serials = st.integers(1, 999_999)


def test_the_check_digit_is_luhns_over_all_digits():
    # ISO/IEC 7812-1's own example
    assert check_digit("7992739871") == "3"
    assert FORM.number("261121", 1) == "261121-000001-6"


def test_the_number_in_the_published_examples_is_a_right_one():
    for fact in events.FACTS:
        assert fact.subject_field != "dossier_no" or is_dossier_no(fact.example["dossier_no"])


@given(days, serials)
def test_a_number_that_was_made_here_is_right(day, serial):
    assert is_dossier_no(FORM.number(day, serial))


@given(days, serials, st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(day, serial, place, shift):
    digits = list(FORM.number(day, serial).replace("-", ""))
    digits[place] = str((int(digits[place]) + shift) % 10)
    text = "".join(digits)
    assert not is_dossier_no(f"{text[:6]}-{text[6:12]}-{text[12]}")


@given(days, serials, st.integers(0, 11))
def test_two_neighbours_swapped_are_noticed_but_for_0_and_9(day, serial, place):
    digits = list(FORM.number(day, serial).replace("-", ""))
    one, other = digits[place : place + 2]
    if one == other or {one, other} == {"0", "9"}:
        return
    digits[place : place + 2] = other, one
    text = "".join(digits)
    assert not is_dossier_no(f"{text[:6]}-{text[6:12]}-{text[12]}")


@pytest.mark.parametrize(
    "text",
    ["", "261121-000001", "2611210000016", "261121-000001-8", "261121-000001-6 ", "٢٦١١٢١-000001-6", "261121-00001-6\n"],
)
def test_anything_else_is_no_number(text):
    assert not is_dossier_no(text)


def test_the_date_is_vietnams():
    assert day_of(datetime(2026, 11, 21, 16, 59, tzinfo=UTC)) == "261121"
    assert day_of(datetime(2026, 11, 21, 17, 0, tzinfo=UTC)) == "261122"
