"""Dossier numbers: a typing error is caught before anybody searches."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.serials import check_digit, day_of
from services.registration import events
from services.registration.declarations.numbers import FORM, is_dossier_no

days = st.dates().map(lambda day: f"{day:%y%m%d}")
serials = st.integers(1, 999_999_999) | st.integers(1, 999_999)


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


def plain(number):
    """The digits of a number, and the function that puts its hyphens back."""
    return list(number.replace("-", "")), lambda digits: "".join([*digits[:6], "-", *digits[6:-1], "-", digits[-1]])


@given(days, serials, st.data(), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(day, serial, data, shift):
    digits, hyphened = plain(FORM.number(day, serial))
    place = data.draw(st.integers(0, len(digits) - 1))
    digits[place] = str((int(digits[place]) + shift) % 10)
    assert not is_dossier_no(hyphened(digits))


@given(days, serials, st.data())
def test_two_neighbours_swapped_are_noticed_but_for_0_and_9(day, serial, data):
    digits, hyphened = plain(FORM.number(day, serial))
    place = data.draw(st.integers(0, len(digits) - 2))
    one, other = digits[place : place + 2]
    if one == other or {one, other} == {"0", "9"}:
        return
    digits[place : place + 2] = other, one
    assert not is_dossier_no(hyphened(digits))


def test_a_zero_too_many_is_no_number_of_a_busy_day():
    assert is_dossier_no(FORM.number("261121", 1_000_000))
    assert not any(is_dossier_no(f"261121-0000001-{check}") for check in range(10))


@pytest.mark.parametrize(
    "text",
    ["", "261121-000001", "2611210000016", "261121-000001-8", "261121-000001-6 ", "٢٦١١٢١-000001-6", "261121-00001-6\n"],
)
def test_anything_else_is_no_number(text):
    assert not is_dossier_no(text)


def test_the_date_is_vietnams():
    assert day_of(datetime(2026, 11, 21, 16, 59, tzinfo=UTC)) == "261121"
    assert day_of(datetime(2026, 11, 21, 17, 0, tzinfo=UTC)) == "261122"
