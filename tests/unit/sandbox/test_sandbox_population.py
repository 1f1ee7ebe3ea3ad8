"""The people whom the stand-in of HGĐ knows."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from collections import Counter
from datetime import date

import phonenumbers

from deploy.sandbox import population
from deploy.sandbox.population import REFERENCE_DAY, SIZE, children, find, parents, people


def test_the_first_one_is_the_guides_own_example_and_a_father() -> None:
    example = people()[0]
    assert (example.full_name, example.bhxh_code, example.phone) == ("Nguyễn Thành Biên", "0113099841", "0983847986")
    assert example.date_of_birth == date(1987, 5, 19)
    assert example.personal_id == "111349876090"
    children = [child for code in example.parent_of if (child := find(code))]
    assert [child.full_name.split()[0] for child in children] == ["Nguyễn", "Nguyễn"]


def test_there_are_ten_thousand_of_them_and_no_two_share_a_number() -> None:
    assert len(people()) == SIZE == 10_000
    assert len({person.bhxh_code for person in people()}) == SIZE
    assert len({person.personal_id for person in people()}) == SIZE
    assert all(re.fullmatch(r"\d{10}", person.bhxh_code) for person in people())
    assert all(re.fullmatch(r"\d{12}", person.personal_id) for person in people())


def test_they_are_the_same_ones_in_every_process() -> None:
    code = "from deploy.sandbox.population import people; import hashlib; print(hashlib.sha256(repr(people()).encode()).hexdigest())"
    sums = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout for _ in range(2)
    }
    assert len(sums) == 1


def test_names_are_composed_unicode_and_look_vietnamese() -> None:
    for person in people():
        assert unicodedata.is_normalized("NFC", person.full_name)
        assert 2 <= len(person.full_name.split()) <= 5
    share = sum(person.full_name.startswith("Nguyễn ") for person in people()) / SIZE
    assert 0.3 < share < 0.45


def test_both_ways_to_place_a_tone_mark_occur() -> None:
    given = {person.full_name.split()[-1] for person in people()}
    assert {"Hoà", "Hòa", "Thuỷ", "Thủy"} <= given


def test_every_child_has_two_parents_old_enough_and_shares_a_family_name_with_one() -> None:
    assert 1_000 < len(children()) < 5_000
    for child in children():
        both = parents(child)
        assert len(both) == 2
        assert all(not parent.is_child and parent.age(child.date_of_birth) >= 19 for parent in both)
        assert child.phone == both[0].phone
        assert any(parent.full_name.startswith(child.full_name.split()[0]) for parent in both)


def test_nobody_comes_of_age_within_two_years_of_the_reference_day() -> None:
    later = REFERENCE_DAY.replace(year=REFERENCE_DAY.year + 2)
    assert all((person.age(later) < 18) == person.is_child for person in people())
    assert {person.is_child for person in people()} == {True, False}
    assert all(person.is_child == bool(parents(person)) for person in people())


def test_a_personal_id_tells_century_sex_and_year_of_birth() -> None:
    for person in people()[1:]:  # the guide's own example does not fit (I9)
        century = "0" if person.date_of_birth.year < 2000 else "2"
        expected = str(int(century) + (person.sex == "female")) + f"{person.date_of_birth:%y}"
        assert person.personal_id[3:6] == expected


def test_phones_are_mobile_numbers_in_use_and_an_adults_own() -> None:
    numbers = Counter(person.phone for person in people() if not person.is_child)
    assert set(numbers.values()) == {1}
    for number in numbers:
        assert re.fullmatch(r"0[35789]\d{8}", number)
        assert phonenumbers.is_valid_number(phonenumbers.parse(number, "VN"))
        assert not number.startswith(population.MAGIC_PREFIX)


def test_a_code_that_was_never_given_finds_nobody() -> None:
    assert find("9999999999") is None
