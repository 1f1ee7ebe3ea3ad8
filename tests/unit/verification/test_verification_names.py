"""When two names are the same (V7)."""

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.text import signs
from services.verification.comparisons.names import compare

pytestmark = pytest.mark.rule("V7")

FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Đỗ", "Đặng", "Võ", "Y", "H'Hen")
GIVEN = ("Thành", "Biên", "Hoà", "Thuý", "Quỳnh", "Đức", "Ứng", "Ơn", "Khuê", "Niê", "Ân", "Ái")
NAMES = st.builds(
    lambda family, given: " ".join([family, *given]),
    st.sampled_from(FAMILY),
    st.lists(st.sampled_from(GIVEN), min_size=1, max_size=4),
)
TONES = "\u0300\u0301\u0303\u0309\u0323"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nguyễn Thành Biên", "NGUYỄN THÀNH BIÊN"),
        ("Nguyễn Thành Biên", unicodedata.normalize("NFD", "Nguyễn Thành Biên")),
        ("  Nguyễn\u00a0Thành \t Biên ", "Nguyễn Thành Biên"),
        ("Nguyễn Thị\u200b Hoà", "Nguyễn Thị Hòa"),
        ("Lê Thuý", "lê thúy"),
        ("Phạm Quý", "Phạm Qúy"),
        ("Đỗ Đức", "ĐỖ ĐỨC"),
        # what an NFC text and a text with marks in another order have in common
        ("Lê Viê\u0323t", "Lê Việt"),
    ],
)
def test_case_spacing_form_and_the_place_of_the_tone_mark_make_no_difference(one: str, other: str) -> None:
    assert compare(one, other) == "match"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nguyễn Thành Biên", "Nguyen Thanh Bien"),
        ("Nguyễn Thành Biên", "Nguyễn Thánh Biên"),
        ("Nguyễn Thành Biên", "Nguyễn Thành Biển"),
        ("Lê Đăng", "Lê Dang"),
        ("H'Hen Niê", "HHen Niê"),
        ("H'Hen Niê", "H Hen Niê"),
        ("Y-Bhăm Êban", "Y Bhăm Êban"),
        ("Y-Bhăm Êban", "Y Bham Eban"),
        ("Nguyễn Thành Biên", "Nguyễn ThànhBiên"),
        ("Trần Ưng", "Trần Ung"),
        ("Lê Hân", "Lê Hăn"),
        ("H'Hen Niê", "H' Hen Niê"),
        ("H'Hen Niê", "H'Hen Niê."),
        ("H'Hen Niê", "H-Hen Niê"),
        ("Ƀlăk Ktul", "Blak Ktul"),
        ("Y Bhiô\u0306", "Y Bhiô"),
    ],
)
def test_names_that_are_the_same_only_without_diacritics_apostrophes_hyphens_or_spaces_are_near(
    one: str, other: str
) -> None:
    assert compare(one, other) == "near"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nguyễn Thành Biên", "Nguyễn Biên Thành"),
        ("Nguyễn Thành Biên", "Nguyễn Thành"),
        ("Lý Nam", "Lí Nam"),
        ("", "Nguyễn Thành Biên"),
        ("", ""),
        (" \u200b ", " "),
        ("-", "'"),
    ],
)
def test_other_names_differ_and_an_empty_name_is_like_nothing(one: str, other: str) -> None:
    assert compare(one, other) == "differs"


@pytest.mark.rule("W2")
@pytest.mark.parametrize("apostrophe", signs.APOSTROPHES)
def test_look_alike_apostrophes_make_no_difference(apostrophe: str) -> None:
    assert compare("H'Hen Niê", f"H{apostrophe}Hen Niê") == "match"


@pytest.mark.rule("W2")
@pytest.mark.parametrize("hyphen", signs.HYPHENS)
def test_look_alike_hyphens_make_no_difference(hyphen: str) -> None:
    assert compare("Y-Bhăm Êban", f"Y{hyphen}Bhăm Êban") == "match"


@pytest.mark.parametrize("letter", ["\u00d0", "\u0189", "\u00f0", "\u0256"])
def test_letters_that_look_like_d_with_a_stroke_are_one_letter(letter: str) -> None:
    assert compare("Lê Đăng", f"Lê {letter}ăng") == "match"


@given(
    NAMES, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]), st.sampled_from([str.upper, str.lower, str.title, str.casefold])
)
def test_a_name_matches_itself_however_it_is_written(name: str, form: Any, case: Callable[[str], str]) -> None:
    written = unicodedata.normalize(form, case(name)).replace(" ", " \u00a0 ")
    assert compare(name, written) == "match"


@given(NAMES)
def test_a_name_without_its_diacritics_is_near_unless_it_has_none(name: str) -> None:
    bare = "".join(
        c for c in unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d")) if not unicodedata.combining(c)
    )
    assert compare(name, bare) == ("match" if name == bare else "near")


@given(NAMES, st.data())
def test_moving_a_tone_mark_within_its_syllable_changes_nothing(name: str, data: st.DataObject) -> None:
    moved = []
    for syllable in unicodedata.normalize("NFD", name).split():
        tone = "".join(c for c in syllable if c in TONES)
        letters = "".join(c for c in syllable if c not in TONES)
        place = data.draw(st.integers(1, len(letters)))
        moved.append(letters[:place] + tone + letters[place:])
    assert compare(name, " ".join(moved)) == "match"


@given(st.text(), st.text())
def test_any_two_texts_compare_the_same_both_ways(one: str, other: str) -> None:
    assert compare(one, other) == compare(other, one)


@given(NAMES, st.sampled_from(sorted(TONES)))
def test_another_tone_is_never_a_match(name: str, tone: str) -> None:
    last = unicodedata.normalize("NFD", name)
    letters = "".join(c for c in last.split()[-1] if c not in TONES)
    changed = " ".join([*last.split()[:-1], letters + tone])
    had = [c for c in last.split()[-1] if c in TONES]
    assert compare(name, changed) == ("match" if had == [tone] else "near")
