"""The category that a text may belong to: keywords, points that can be checked, marks or none (F2)."""

import csv
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.text.folding import without_marks
from services.feedback.categories.suggestion import WITHOUT_MARKS, Hint, Keyword, suggest
from services.feedback.categories.words import words
from tests.unit.feedback.complaints_heard import HEARD

_SHIPPED = Path(__file__).parents[3] / "services" / "feedback" / "data" / "categories.csv"
_ROWS = list(csv.DictReader(_SHIPPED.open(encoding="utf-8", newline="")))


def keywords(cell: str) -> tuple[Keyword, ...]:
    return tuple(Keyword.read(part) for part in cell.split(";") if part.strip())


SHIPPED = tuple(Hint(row["code"], row["parent"] or None, keywords(row["keywords"])) for row in _ROWS)
CARD = Hint("the", None, keywords("thẻ bhyt*2; hết hạn*3"))
LOST = Hint("mat-the", "the", keywords("mất thẻ*4"))


def right(write: Callable[[str], str], among: int) -> float:
    hit = [want in [each.code for each in suggest(write(text), SHIPPED, limit=among)] for text, want in HEARD]
    return sum(hit) / len(hit)


@pytest.mark.rule("F2")
@pytest.mark.parametrize("write", [str, without_marks, str.upper, lambda text: unicodedata.normalize("NFD", text)])
def test_the_shipped_keywords_find_what_a_clerk_would_choose_with_marks_or_without(write: Callable[[str], str]) -> None:
    assert right(write, 1) >= 0.9
    assert right(write, 3) >= 0.95


@pytest.mark.rule("F2")
def test_the_shipped_categories_are_watched_by_the_boards_that_3717_names() -> None:
    assert {row["code"]: row["board"] for row in _ROWS if not row["parent"]} == {
        "thong-tin-ca-nhan": "thu-so-the",
        "qua-trinh-tham-gia": "thu-so-the",
        "du-lieu-the": "thu-so-the",
        "che-do-bhxh": "chinh-sach-bhxh",
        "bao-hiem-that-nghiep": "chinh-sach-bhxh",
        "kham-chua-benh": "chinh-sach-bhyt",
        "ung-dung-cong": "cntt",
        "khac": "cntt",
    }
    boards = {row["code"]: row["board"] for row in _ROWS}
    assert all(row["board"] == boards[row["parent"]] for row in _ROWS if row["parent"])


@pytest.mark.rule("F2")
@pytest.mark.parametrize(
    ("text", "code"), [(text.strip(), row["code"]) for row in _ROWS for text in row["examples"].split(";")]
)
def test_every_shipped_example_leads_to_its_own_category(text: str, code: str) -> None:
    assert suggest(text, SHIPPED)[0].code == code


@pytest.mark.rule("F2", "F10")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Bệnh viện không nhận thẻ VssID, vợ tôi đang chờ sinh", "bi-tu-choi"),
        ("benh vien tu choi kham, khong chap nhan VssID", "bi-tu-choi"),
        ("Phòng khám không cho khám bằng VssID", "bi-tu-choi"),
        ("Hôm trước phòng khám không cho khám bằng VssID", "tu-choi-kham"),
        ("Năm ngoái bệnh viện huyện từ chối khám, nay tôi mới phản ánh", "tu-choi-kham"),
    ],
)
def test_a_refusal_is_taken_for_one_of_this_hour_unless_it_is_said_to_be_over(text: str, code: str) -> None:
    assert suggest(text, SHIPPED)[0].code == code


def test_a_suggestion_says_what_was_found_as_it_stands_there_and_its_points_add_up() -> None:
    (first,) = suggest("Thẻ BHYT của tôi HẾT  HẠN rồi", [CARD])
    assert first.score == 5
    assert [(found.keyword, found.text, found.points) for found in first.because] == [
        ("thẻ bhyt", "Thẻ BHYT", 2.0),
        ("hết hạn", "HẾT  HẠN", 3.0),
    ]


def test_a_keyword_counts_once_and_the_better_spelling_of_it() -> None:
    assert suggest("het han, hết hạn, het han", [CARD])[0].score == 3
    assert suggest("het han, het han", [CARD])[0].score == 3 * WITHOUT_MARKS


def test_other_marks_are_another_word_but_none_may_be_this_one() -> None:
    assert suggest("hét hạn", [CARD]) == []
    assert [each.code for each in suggest("het han", [CARD])] == ["the"]


def test_the_place_of_the_tone_mark_does_not_matter() -> None:
    hint = Hint("x", None, keywords("hoà giải"))
    assert [suggest(text, [hint])[0].score for text in ("hòa giải", "hoà giải")] == [1, 1]


def test_what_is_written_short_is_what_it_stands_for() -> None:
    assert suggest("thẻ bảo hiểm y tế", [CARD])[0].because[0].text == "thẻ bảo hiểm y tế"


def test_a_keyword_is_found_in_whole_words_that_stand_together() -> None:
    assert suggest("thẻ của bhyt", [CARD]) == []
    assert suggest("hết hạng", [CARD]) == []


def test_a_twig_has_the_points_of_its_branch_if_it_has_any_of_its_own() -> None:
    both = suggest("tôi mất thẻ BHYT", [CARD, LOST])
    assert [(each.code, each.score) for each in both] == [("mat-the", 6), ("the", 2)]
    assert [each.code for each in suggest("thẻ BHYT hết hạn", [CARD, LOST])] == ["the"]


@pytest.mark.parametrize("text", ["", "   ", "!!!", "hoàn toàn không liên quan", "12345"])
def test_where_nothing_is_found_nothing_is_suggested(text: str) -> None:
    assert suggest(text, [CARD, LOST]) == []


@given(st.text(max_size=300))
def test_whatever_is_written_suggestions_are_sorted_and_explained(text: str) -> None:
    found = suggest(text, SHIPPED)
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    for each in found:
        assert round(sum(part.points for part in each.because), 2) == each.score
        assert all(part.text in unicodedata.normalize("NFC", text) for part in each.because)


@pytest.mark.parametrize("cell", ["*3", "thẻ*0", "thẻ*10", "thẻ*x", "thẻ*", "*", "--"])
def test_what_is_no_keyword_is_refused_with_a_sentence(cell: str) -> None:
    with pytest.raises(ValueError, match="keywords"):
        Keyword.read(cell)


def test_words_know_where_they_stand() -> None:
    read = words("Thẻ KCB")
    assert [(word.folded, word.start, word.end) for word in read] == [
        ("the", 0, 3),
        ("kham", 4, 7),
        ("chua", 4, 7),
        ("benh", 4, 7),
    ]
