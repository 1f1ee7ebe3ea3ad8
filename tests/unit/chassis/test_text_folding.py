"""Vietnamese order and search."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.text.folding import sort_key, without_marks


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
