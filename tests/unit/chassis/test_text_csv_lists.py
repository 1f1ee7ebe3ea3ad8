"""What spreadsheets do to a list is mended openly, or refused with its line and column."""

import io

import pytest

from services.chassis.text import csv_cells
from services.chassis.text.csv_differences import differences
from services.chassis.text.csv_lists import BadList, Rows, read, sheet_of

COLUMNS = ("code", "name", "province_code", "phone")
HEAD = "code,name,province_code,phone\n"
GOOD = HEAD + "0105,Phúc Thọ,01,024.33640000\n"


def make(cells):
    csv_cells.digits(cells, "province_code", 2)
    csv_cells.below(cells, "code", "province_code")
    csv_cells.phone(cells, "phone")
    return dict(cells)


def taken(content: bytes | str) -> Rows[dict[str, str]]:
    return read(sheet_of(content if isinstance(content, bytes) else content.encode()), COLUMNS, make, key="code")


def faults(content: bytes | str) -> list[str]:
    with pytest.raises(BadList) as caught:
        taken(content)
    return caught.value.faults


@pytest.mark.parametrize(
    ("content", "mended"),
    [
        (GOOD.encode(), []),
        (GOOD.encode("utf-8-sig"), []),
        (GOOD.replace("\n", "\r\n").encode(), []),
        (GOOD.replace(",", ";").encode(), ["cells are separated by semicolons, not by commas"]),
        (GOOD.replace(",", "\t").encode("utf-16"), ["the file was in UTF-16, not UTF-8", "cells are separated by tabs, not by commas"]),
        (GOOD.encode("utf-16-le"), ["the file was in UTF-16, not UTF-8"]),
        (GOOD.encode("utf-16-be"), ["the file was in UTF-16, not UTF-8"]),
        (b"sep=;\r\n" + GOOD.replace(",", ";").encode(), ["line 1: the hint sep= was passed over", "cells are separated by semicolons, not by commas"]),
        (GOOD.replace("\n", ",,,\n").encode(), []),
        ((GOOD + ",,,\n , ,,\n").encode(), ["2 empty rows were passed over"]),
        (GOOD.replace("code,name", "Code,NAME").encode(), []),
        (GOOD.replace("0105", '="0105"').encode(), ['line 2: code: ="0105" is taken as 0105']),
        (GOOD.replace("0105", '"=""0105"""').encode(), ['line 2: code: ="0105" is taken as 0105']),
        (GOOD.replace("Phúc Thọ", "'-Phúc Thọ").replace("'-", "").encode(), []),
    ],
)  # fmt: skip
def test_what_can_be_read_for_certain_is_taken_and_said(content: bytes, mended: list[str]) -> None:
    rows = taken(content)
    assert rows == [{"code": "0105", "name": "Phúc Thọ", "province_code": "01", "phone": "024.33640000"}]
    assert rows.mended == mended


@pytest.mark.parametrize(
    "text", ["Bao giờ có kết quả? Tôi đã nộp rồi", "Sao chưa có??", "Công văn 1334, https://example.vn/van-ban?so=1334"]
)
def test_questions_and_web_addresses_have_lost_no_letters(text: str) -> None:
    assert csv_cells.damage(text, "examples") is None


@pytest.mark.parametrize("text", ["Bao gi? có k?t quả", "?ã nộp https://example.vn/van-ban?so=1334"])
def test_a_question_mark_before_a_letter_stands_for_a_lost_one_in_any_text(text: str) -> None:
    assert "letters were lost" in (csv_cells.damage(text, "examples") or "")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (GOOD.replace("ọ", "o").replace("ú", "ê").encode("cp1258"), "line 2, column name: not UTF-8"),
        (GOOD.replace("Thọ", "Tho").encode("cp1252"), "line 2, column name: not UTF-8"),
        (GOOD.replace("Thọ", "Tho").replace(",", ";").encode("cp1252"), "line 2, column name: not UTF-8"),
        (b"PK\x03\x04xl/workbook.xml", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel workbook"),
        (GOOD.encode("utf-16")[:-1], "UTF-16"),
        (GOOD.encode().decode("cp1252", "replace").replace("\ufffd", "\x81"), "line 2: name: UTF-8 that a program read as Windows-1252"),
        (GOOD.replace("Phúc Thọ", "PhÃºc Thọ"), "line 2: name: UTF-8 that a program read as Windows-1252: 'Phúc Thọ'"),
        (GOOD.replace("Phúc Thọ", "ThÃ nh phá»‘ Huáº¿"), "line 2: name: UTF-8 that a program read as Windows-1252: 'Thà nh phố Huế'"),
        (GOOD.replace("Phúc Thọ", "HoÃ\xa0"), "line 2: name: UTF-8 that a program read as Windows-1252: 'Hoà'"),
        (GOOD.replace("Phúc Thọ", "Ph?c Th?"), "line 2: name: letters were lost"),
        (GOOD.replace("Phúc Thọ", "Ph\ufffdc Thọ"), "line 2: name: letters were lost"),
        (GOOD.replace("Phúc Thọ", "?ông Anh"), "line 2: name: letters were lost"),
        (GOOD.replace("Phúc Thọ", "Hu?"), "line 2: name: letters were lost"),
        (GOOD.replace("Phúc Thọ", "Th?? Ba"), "line 2: name: letters were lost"),
        (GOOD.replace("Phúc Thọ", "Ng??i"), "line 2: name: letters were lost"),
        (GOOD.replace("Phúc Thọ", "???"), "line 2: name: letters were lost"),
        (GOOD.replace("Phúc Thọ", "Phúc Thọ, Hà Nội"), "line 2: has 5 cells under 4 columns"),
        (GOOD.replace("Phúc Thọ", "=B3&C3"), "line 2: name: a formula, not its value"),
        (GOOD.replace("Phúc Thọ", "#N/A"), "line 2: name: #N/A: a spreadsheet's error"),
        (GOOD.replace("024.33640000", "########"), "line 2: phone: ########: a spreadsheet's error"),
        (GOOD.replace("code,", "name,"), "line 1: missing columns: code"),
        (GOOD.replace("phone\n", "phone,code\n"), "line 1: columns that come twice: code"),
        (GOOD.replace("Phúc Thọ", '"Phúc Thọ'), "not readable as CSV"),
        (GOOD + GOOD.split("\n")[1] + "\n", "line 3: code '0105' appears twice"),
        (GOOD.replace("0105,", "105,"), "line 2: code: 105 is probably 0105, of 01"),
        (GOOD.replace(",01,", ",1,"), "line 2: province_code: expected 2 digits, 01 not 1: a spreadsheet drops zeros"),
        (GOOD.replace(",01,", ",1.0,"), "line 2: province_code: expected 2 digits, 01 not 1.0: a spreadsheet made it a number"),
        (GOOD.replace(",01,", ",080,"), "line 2: province_code: expected 2 digits, not '080'"),
        (GOOD.replace(",01,", ",1E+00,"), "power of ten"),
        (GOOD.replace(",01,", ",01/01/2026,"), "is a date that a spreadsheet made of it"),
        (GOOD.replace("024.33640000", "2433640000"), "line 2: phone: begins without its 0"),
        (GOOD.replace("024.33640000", "84 24 33640000"), "line 2: phone: begins without its 0, or the + of its country"),
        (GOOD.replace("024.33640000", "2.43E+10"), "line 2: phone: 2.43E+10 is a spreadsheet's power of ten"),
        (GOOD.replace("024.33640000", '"2,43E+10"'), "line 2: phone: 2,43E+10 is a spreadsheet's power of ten"),
        (GOOD.replace("024.33640000", "gọi chị Hoa"), "line 2: phone: expected digits"),
    ],
)  # fmt: skip
def test_what_may_mean_something_else_is_refused_with_line_and_column(content: bytes | str, sentence: str) -> None:
    assert any(sentence in fault for fault in faults(content)), faults(content)


def test_every_damaged_row_is_told_at_once() -> None:
    rows = "".join(f"0{n},Hà Nội,{n},\n" for n in range(1, 9))
    assert [fault.partition(":")[0] for fault in faults(HEAD + rows)] == [f"line {n}" for n in range(2, 10)]


@pytest.mark.parametrize(
    "number", ["024.37236555", "(024) 3723 6555", "+84 24 3723 6555", "1900 9068", "1800.1234", "0206-3852", ""]
)
def test_phones_as_offices_print_them_are_taken(number: str) -> None:
    assert csv_cells.phone({"phone": number}, "phone") == number


def test_a_mobile_phone_without_its_zero_is_told_as_that() -> None:
    assert csv_cells.mobile({"phone": "0983 847 986"}, "phone") == "+84983847986"
    with pytest.raises(ValueError, match="begins without its 0"):
        csv_cells.mobile({"phone": "983847986"}, "phone")
    with pytest.raises(ValueError, match="power of ten"):
        csv_cells.mobile({"phone": "9.83848E+08"}, "phone")
    with pytest.raises(ValueError, match="expected a mobile number"):
        csv_cells.mobile({"phone": "024.37236555"}, "phone")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("31/01/2027", "was it 2027-01-31?"),
        ("1/31/2027", "was it 2027-01-31?"),
        ("03/05/2027", "was it 2027-05-03 or 2027-03-05?"),
        ("03-05-2027", "was it 2027-05-03 or 2027-03-05?"),
        ("46418", "was it 2027-01-31?"),
        ("20270131", "expected a date"),
        ("1999-01-31", "expected a date"),
        ("2027-02-30", "expected a date"),
    ],
)
def test_a_day_that_a_spreadsheet_turned_round_is_told_with_what_it_may_have_been(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match="day: expected a date") as refused:
        csv_cells.day({"day": text}, "day")
    assert sentence in str(refused.value)


def test_a_number_of_days_that_became_a_decimal_is_told() -> None:
    assert csv_cells.whole_number({"days": "5"}, "days", 0, 9) == 5
    with pytest.raises(ValueError, match=r"5 not 5\.0"):
        csv_cells.whole_number({"days": "5.0"}, "days", 0, 9)


def test_differences_name_what_is_added_and_removed_and_the_old_and_new_cell() -> None:
    before = 'code,name\r\n01,"A, B"\r\n02,C\r\n'
    after = "code,name\r\n02,\r\n03,D\r\n"
    assert list(map(str, differences(before, after, ["code"]))) == [
        "- 01: code 01, name A, B",
        "~ 02: name: C -> (empty)",
        "+ 03: code 03, name D",
    ]
    assert differences(before, before, ["code"]) == []


def test_a_list_may_also_be_read_from_text() -> None:
    assert len(read(io.StringIO("\ufeff" + GOOD), COLUMNS, make, key="code")) == 1
