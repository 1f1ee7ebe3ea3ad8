"""Words that send a citizen to another VSS office, and words that speak of missing papers (F4, V4)."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.text.folding import without_marks
from services.chassis.text.wording import another_office, missing_papers
from tests.stand.wordings import wordings

pytestmark = pytest.mark.rule("F4", "V4")

FOUND_BY: dict[str, Callable[[str], list[str]]] = {
    "another_office": another_office.phrases_in,
    "missing_papers": missing_papers.phrases_in,
}
UNLAWFUL = [(kind, text) for kind in FOUND_BY for text in wordings(kind)]
LAWFUL = wordings("lawful")


@pytest.mark.parametrize(("kind", "text"), UNLAWFUL)
def test_an_unlawful_wording_is_found(kind: str, text: str) -> None:
    assert FOUND_BY[kind](text)


@pytest.mark.parametrize("text", LAWFUL)
def test_a_lawful_wording_is_never_refused(text: str) -> None:
    assert another_office.phrases_in(text) == []
    assert missing_papers.phrases_in(text) == []


@pytest.mark.parametrize("write", [str.upper, str.lower, without_marks])
def test_capitals_and_missing_diacritics_change_nothing(write: Callable[[str], str]) -> None:
    missed = [text for kind, text in UNLAWFUL if not FOUND_BY[kind](write(text))]
    refused = [text for text in LAWFUL for find in FOUND_BY.values() if find(write(text))]
    assert (missed, refused) == ([], [])


def test_what_was_found_is_quoted_as_it_is_written() -> None:
    assert another_office.phrases_in("Kính gửi ông. Đề nghị ông LIÊN HỆ  BHXH tỉnh Cao Bằng ạ!") == [
        "LIÊN HỆ BHXH tỉnh Cao Bằng ạ"
    ]
    assert missing_papers.phrases_in("Do Thiếu ảnh chân dung.") == ["Thiếu ảnh"]


def test_an_invitation_to_the_own_office_sends_nobody_away() -> None:
    text = "Mời ông đến BHXH tỉnh Lâm Đồng vào sáng thứ Hai, chúng tôi sẽ trả sổ."
    assert another_office.phrases_in(text)
    assert another_office.phrases_in(text, own=["BHXH tỉnh Lâm Đồng"]) == []


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    for find in FOUND_BY.values():
        assert all(isinstance(phrase, str) and phrase for phrase in find(text))
