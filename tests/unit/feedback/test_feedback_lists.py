"""Lists that people keep in spreadsheets: categories, who is responsible, holidays; read with every fault told at once."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from services.chassis.text import csv_lists
from services.chassis.text.csv_lists import BadList
from services.feedback.categories import spreadsheet, tree
from services.feedback.categories.boards import BOARDS
from services.feedback.categories.category import Category
from services.feedback.categories.rules import faults
from services.feedback.directory import duty, offices, responsible
from services.feedback.holidays import rules as holidays

HEAD = ",".join(spreadsheet.COLUMNS)


def boards_and(*more: Category) -> list[Category]:
    """One branch for each board, and more."""
    return [Category(f"nhanh-{board}", None, board, f"Nhánh {board}") for board in BOARDS] + list(more)


def said(read: Callable[[Any], Any], text: str) -> list[str]:
    with pytest.raises(BadList) as caught:
        read(io.StringIO(text))
    return caught.value.faults


@pytest.mark.rule("W2")
def test_the_cells_of_a_list_are_taken_as_they_look() -> None:
    (on_duty,) = duty.read_csv(
        io.StringIO("\u200bprovince_code ,name,phone\r\n\uff17\uff19,H\u2019Hen\u00a0Niê\u202c,\u202d0983 847 986\u202c\r\n")
    )
    assert on_duty == duty.OnDuty("79", "H'Hen Niê", "+84983847986")
    (office,) = offices.read_csv(
        io.StringIO("code,name,province_code\n\ufeff0105\u200b,BHXH\u2003Cơ\u2028sở\uf0b7,\u00a001\n")
    )
    assert office == offices.Office("0105", "BHXH Cơ sở", "01")
    line = "board,cntt,Trung\u00a0tâm CNTT,Giám đốc,,\u202aa@B.vn\u202c ,,\n"
    (head,) = responsible.read_csv(io.StringIO(",".join(responsible.COLUMNS) + "\n" + line))
    assert (head.office, head.email) == ("Trung tâm CNTT", "a@b.vn")
    (tree_line,) = spreadsheet.read_csv(
        io.StringIO(f"{HEAD}\nthe\u2011bhyt,,cntt,Thẻ\u200b BHYT,,\uff15,,,,,thẻ*2\u00a0; bhyt,\n")
    )
    assert (tree_line.code, tree_line.name, tree_line.route_days) == ("the-bhyt", "Thẻ BHYT", 5)


@pytest.mark.rule("F2")
def test_a_right_tree_has_no_fault() -> None:
    assert faults(boards_and(Category("sai-ten", "nhanh-cntt", "cntt", "Sai tên"))) == []


@pytest.mark.rule("F2")
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"parent": None, "board": "ban-khac"}, "board: expected one of"),
        ({"board": "thu-so-the"}, "is watched by cntt"),
        ({"parent": "khong-co"}, "unknown category"),
        ({"code": "Sai Tên"}, "code: expected lower-case letters"),
        ({"code": "a" * 41}, "code: expected lower-case letters"),
        ({"name": " "}, "name: expected 1 to"),
        ({"answer_days": 0}, "answer_days: expected 1 to"),
        ({"warn_days": -1}, "warn_days: expected 0 to"),
        ({"examples": ("x" * 301,)}, "examples"),
    ],
)
def test_each_fault_of_a_category_is_told_in_a_sentence(wrong: dict[str, Any], sentence: str) -> None:
    (fault,) = faults(boards_and(replace(Category("sai-ten", "nhanh-cntt", "cntt", "Sai tên"), **wrong)))
    assert sentence in fault


@pytest.mark.rule("F2")
def test_a_tree_has_two_levels_and_an_open_twig_an_open_branch() -> None:
    twig = Category("sai-ten", "nhanh-cntt", "cntt", "Sai tên")
    assert "two levels" in faults(boards_and(twig, Category("con", "sai-ten", "cntt", "Con")))[0]
    closed = [replace(each, open=each.code != "nhanh-cntt") for each in boards_and(twig)]
    assert any("nhanh-cntt is closed" in fault for fault in faults(closed))


@pytest.mark.rule("F2")
def test_no_board_may_be_left_without_a_category() -> None:
    assert faults(boards_and()[:-1]) == ["board cntt would have no open category"]


def test_a_csv_tells_all_its_faults_at_once_with_their_lines() -> None:
    rows = "a,,cntt,A,,,,,,,thẻ*12,\nb,,cntt,B,x,,,,,,,\nc,,cntt,C,,,,,,,,\nc,,cntt,D,,,,,,,,\n"
    found = said(spreadsheet.read_csv, f"{HEAD}\n{rows}")
    assert [fault.partition(":")[0] for fault in found] == ["line 2", "line 3", "line 5"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "missing columns"),
        ("code,name\n", "missing columns: parent"),
        (f"{HEAD}\n", "no row"),
        ('"\n', "line 1: not readable"),
        (f'{HEAD}\na,,cntt,"A,,,,,,,,\nb,,cntt,B,,,,,,,,\n', "not readable as CSV"),
    ],
)
def test_what_is_no_list_is_refused(text: str, sentence: str) -> None:
    assert sentence in said(spreadsheet.read_csv, text)[0]


def test_columns_in_any_order_and_more_of_them_do_not_matter() -> None:
    columns = [*reversed(spreadsheet.COLUMNS), "ghi chú"]
    cells = {"code": "a", "board": "cntt", "name": "  Sổ   thẻ ", "keywords": "mất sổ*3; ;mất sổ*3", "answer_days": "7"}
    (read,) = spreadsheet.read_csv(
        io.StringIO(",".join(columns) + "\n" + ",".join(cells.get(c, "") for c in columns) + "\n")
    )
    assert (read.name, read.answer_days, [str(each) for each in read.keywords]) == ("Sổ thẻ", 7, ["mất sổ*3"])


def test_cells_that_a_spreadsheet_would_compute_are_written_as_text_and_read_back() -> None:
    written = csv_lists.write(["a"], [{"a": "=1+1"}, {"a": "-x"}, {"a": 5}, {"a": "bình thường"}])
    assert written.splitlines() == ["a", "'=1+1", "'-x", "5", "bình thường"]
    assert csv_lists.read(io.StringIO(written), ["a"], lambda cells: cells["a"], key="a") == [
        "=1+1",
        "-x",
        "5",
        "bình thường",
    ]


@pytest.mark.rule("F3")
@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ("town,01,Hà Nội,Giám đốc,,a@b.vn,,", "kind: expected one of"),
        ("province,Hà Nội,Hà Nội,Giám đốc,,a@b.vn,,", "code: expected 2 digits"),
        ("board,Hà Nội,Hà Nội,Giám đốc,,a@b.vn,,", "code: expected lower-case letters"),
        ("province,01,,Giám đốc,,a@b.vn,,", "office and title"),
        ("province,01,Hà Nội,Giám đốc,,nobody,,", "email: expected an address"),
        ("province,01,Hà Nội,Giám đốc,,a@b.vn,abc,", "phone: expected digits"),
        ("province,01,Hà Nội,Giám đốc,,a@b.vn,,true", "example: expected yes"),
    ],
)
def test_each_fault_of_a_responsible_line_is_told(cells: str, sentence: str) -> None:
    assert sentence in said(responsible.read_csv, ",".join(responsible.COLUMNS) + f"\n{cells}\n")[0]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ("31/01/2026,off,x", "day: expected a date"),
        ("20260131,off,x", "day: expected a date"),
        ("1999-01-01,off,x", "day: expected a date"),
        ("2026-01-31,holiday,x", "kind: expected off or work"),
        ("2026-01-31,off,", "why: expected the decision"),
    ],
)
def test_each_fault_of_a_dated_correction_is_told(cells: str, sentence: str) -> None:
    assert sentence in said(holidays.read_csv, f"day,kind,why\n{cells}\n")[0]


def test_faults_without_end_are_cut_and_counted() -> None:
    rows = "".join(f"{n},x,y\n" for n in range(50))
    found = said(holidays.read_csv, f"day,kind,why\n{rows}")
    assert len(found) == 21
    assert found[-1] == "… and 30 more"


def test_a_category_is_written_and_read_without_loss() -> None:
    category = Category("a", None, "cntt", "A", 1, 2, 3, 0, 5, 6, examples=("x", "y"))
    assert Category.from_dict(category.as_dict()) == category
    assert tree.hints([category])[0].code == "a"
