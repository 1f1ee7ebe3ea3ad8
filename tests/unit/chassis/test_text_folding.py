"""Vietnamese order and search."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.text.folding import plain_number, sort_key, without_hidden, without_marks


def test_words_are_sorted_by_letters_then_tones():
    in_order = [
        "2", "10", "a", "à", "ả", "ã", "á", "ạ", "an", "ăn", "ân", "ba", "bà", "bá", "bạc", "bắc", "da", "đa", "em", "êm",
        "Hà Nam", "Hà Nội", "Hải Phòng", "Hòa Bình", "họa", "ô", "ơ", "Quận 2", "Quận 10", "tu", "từ", "vĩnh", "y tế",
    ]  # fmt: skip
    mixed = in_order[1::2] + in_order[::2]
    assert sorted(mixed, key=sort_key) == in_order


@given(st.text(max_size=30))
def test_order_and_search_do_not_depend_on_how_marks_are_encoded(text):
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert sort_key(composed) == sort_key(decomposed)
    assert without_marks(composed) == without_marks(decomposed)


def test_marks_and_case_do_not_matter_for_search():
    assert without_marks("Tô Hiệu, Quận HÀ ĐÔNG") == "to hieu, quan ha dong"


@pytest.mark.rule("W2")
@pytest.mark.parametrize(
    "typed",
    [
        "0113 099 841",
        "0113.099.841",
        "0113-099-841",
        "0113\u2013099\u2212841",
        "\uff10\uff11\uff11\uff13\uff10\uff19\uff19\uff18\uff14\uff11",
        "\u200e0113099841\u202c",
        "\ufeff0113\u00a0099\u200b841\r\n",
    ],
)
def test_a_number_is_the_same_however_it_is_typed_or_pasted(typed):
    assert plain_number(typed) == "0113099841"


@pytest.mark.rule("W2")
def test_a_letter_is_never_taken_for_a_digit():
    assert plain_number("O113 O99 84l") == "O113O9984l"
    assert without_hidden(" l\u200ban.nt\ufeff ") == "lan.nt"


@pytest.mark.rule("W2")
@given(st.text(max_size=30))
def test_folding_a_number_twice_changes_nothing_more(text):
    assert plain_number(plain_number(text)) == plain_number(text)
