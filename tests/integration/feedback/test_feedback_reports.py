"""Reports over HTTP: what is counted, who may read it, and in which forms (F6)."""

import csv
import io
import xml.etree.ElementTree as ET
import zipfile
from datetime import datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from services.chassis.calendar import VIETNAM
from tests.integration.feedback.desk import ADMIN, BHYT, CENTRE, DIRECTOR, ELSEWHERE, ELSEWHERE_DIRECTOR, THU, TOKENS, Desk
from tests.stand.later import Later

START = datetime(2026, 11, 2, 9, tzinfo=VIETNAM)  # where the fixture `later` begins
HISTORY, CARD, DRUGS = "thieu-thoi-gian-dong", "the-khong-hien-thi", "thuoc-vat-tu"
NOVEMBER = "from=2026-11-01&to=2026-11-30"
SVG = "{http://www.w3.org/2000/svg}"


def told(desk: Desk, query: str = NOVEMBER, token: str = CENTRE) -> Any:
    answer = desk.call("GET", f"/reports/complaints?{query}", token=token)
    assert answer.status_code == 200, answer.text
    return answer.json


def line(report: Any, group: str, code: str) -> Any:
    (found,) = [each for each in report[group] if each["code"] == code]
    return found


def figures(counted: Any, *names: str) -> tuple[Any, ...]:
    return tuple(counted[name] for name in names)


def routed_elsewhere(desk: Desk, category: str) -> Any:
    complaint = desk.filed(office_code="01", category_code=category)
    assert desk.do(complaint, "route", {"unit": "Phòng Chế độ"}, token=ELSEWHERE).status_code == 200
    return complaint


@pytest.mark.rule("F6")
def test_a_report_counts_what_came_was_settled_in_time_or_late_and_rated(desk: Desk, later: Later) -> None:
    desk.say(desk.answered(category_code=HISTORY), "rate", {"rating": 5})
    slow = desk.routed(category_code=CARD)
    routed_elsewhere(desk, DRUGS)
    later.to(START + timedelta(days=31))
    desk.sweep()
    desk.say(desk.answered(slow), "rate", {"rating": 2})
    report = told(desk, "from=2026-11-01&to=2026-12-31")
    names = ("carried_over", "received", "settled", "settled_in_time", "settled_late", "open", "open_in_time", "open_late")
    assert figures(report["totals"], *names) == (0, 3, 2, 1, 1, 1, 0, 1)
    assert figures(report["totals"], "in_time_percent", "answer_days", "rated", "rating") == (50.0, 15.5, 2, 3.5)
    assert figures(line(report, "boards", "thu-so-the"), "received", "settled_late", "rating") == (2, 1, 3.5)
    assert figures(line(report, "boards", "chinh-sach-bhyt"), "received", "open_late", "rating") == (1, 1, None)
    assert figures(line(report, "provinces", "79"), "received", "settled", "open") == (2, 2, 0)
    assert figures(line(report, "provinces", "01"), "received", "settled", "open") == (1, 0, 1)
    assert figures(line(report, "categories", DRUGS), "received", "name") == (1, "Thiếu thuốc, vật tư, phải mua ngoài")
    assert report["totals"]["overdue"] > 0


@pytest.mark.rule("F6", "F8")
def test_one_that_is_reopened_is_open_again_and_settled_by_its_latest_answer(desk: Desk, later: Later) -> None:
    complaint = desk.answered(category_code=CARD)
    desk.say(complaint, "reopen", {"reason": "Vẫn chưa đúng."})
    assert figures(told(desk)["totals"], "settled", "open", "reopened") == (0, 1, 1)
    later.to(START + timedelta(days=30))
    desk.answered(complaint)
    assert figures(told(desk)["totals"], "settled", "open", "reopened") == (0, 1, 1)
    december = told(desk, "from=2026-12-01&to=2026-12-31")["totals"]
    assert figures(december, "carried_over", "settled", "reopened") == (1, 1, 0)


@pytest.mark.rule("F5", "F6")
def test_reminders_and_changes_of_category_are_counted(desk: Desk, later: Later) -> None:
    complaint = desk.routed(category_code=HISTORY)
    assert desk.do(complaint, "remind", {"words": "Đề nghị trả lời."}, token=THU).status_code == 200
    change = {"category_code": DRUGS, "reason": "Nội dung là thiếu thuốc."}
    assert desk.do(complaint, "recategorise", change).status_code == 200
    report = told(desk)
    assert figures(report["totals"], "reminded", "recategorised") == (1, 1)
    assert line(report, "boards", "chinh-sach-bhyt")["received"] == 1, "it counts where it is now"
    assert line(report, "boards", "thu-so-the")["received"] == 0


@pytest.mark.rule("F6")
def test_nothing_is_lost_between_one_period_and_the_next(desk: Desk, later: Later) -> None:
    for number in range(8):
        later.to(START + timedelta(days=9 * number))
        complaint = desk.routed(category_code=HISTORY)
        later.to(START + timedelta(days=9 * number + 5))
        if number % 2:
            desk.answered(complaint)
    waiting = 0
    for month in (NOVEMBER, "from=2026-12-01&to=2026-12-31", "from=2027-01-01&to=2027-01-31"):
        totals = told(desk, month)["totals"]
        assert totals["carried_over"] == waiting
        waiting = totals["open"]
        assert totals["carried_over"] + totals["received"] == totals["settled"] + totals["open"]
    assert waiting == 4


@pytest.mark.rule("F6")
def test_weeks_show_what_came_and_went_and_how_many_were_open_at_their_end(desk: Desk, later: Later) -> None:
    desk.answered(category_code=HISTORY)
    desk.routed(category_code=HISTORY)
    later.to(datetime(2026, 11, 8, 23, 59, tzinfo=VIETNAM))  # still Sunday there
    desk.filed(category_code=CARD)
    later.to(datetime(2026, 11, 9, 0, 1, tzinfo=VIETNAM))  # Monday there, Sunday in Greenwich
    desk.filed(category_code=CARD)
    report = told(desk, "from=2026-11-01&to=2026-11-15")
    assert [(each["week"], each["from"], each["to"]) for each in report["weeks"]] == [
        ("2026-W44", "2026-11-01", "2026-11-01"),
        ("2026-W45", "2026-11-02", "2026-11-08"),
        ("2026-W46", "2026-11-09", "2026-11-15"),
    ]
    assert [figures(each, "received", "settled", "open") for each in report["weeks"]] == [(0, 0, 0), (3, 1, 2), (1, 0, 3)]


@pytest.mark.rule("F6")
def test_a_province_without_complaints_is_listed_too_and_filters_narrow_the_report(desk: Desk, later: Later) -> None:
    desk.routed(category_code=HISTORY)
    routed_elsewhere(desk, DRUGS)
    everything = told(desk)
    assert len(everything["provinces"]) == 34
    assert len(everything["boards"]) == 4
    assert [each["code"] for each in told(desk, f"{NOVEMBER}&province=01")["categories"]] == [DRUGS]
    assert told(desk, f"{NOVEMBER}&board=thu-so-the")["totals"]["received"] == 1
    assert told(desk, f"{NOVEMBER}&category=qua-trinh-tham-gia")["totals"]["received"] == 1, "a branch with its twigs"
    assert told(desk, f"{NOVEMBER}&category={CARD}")["totals"]["received"] == 0


@pytest.mark.rule("F3", "F5", "F6")
def test_a_director_sees_the_own_province_a_board_its_categories_the_centre_and_administrators_all(
    desk: Desk, later: Later
) -> None:
    desk.routed(category_code=HISTORY)
    routed_elsewhere(desk, DRUGS)
    seen = {token: told(desk, token=token) for token in (DIRECTOR, ELSEWHERE_DIRECTOR, THU, BHYT, CENTRE, ADMIN)}
    assert [report["totals"]["received"] for report in seen.values()] == [1, 1, 1, 1, 2, 2]
    assert [each["code"] for each in seen[DIRECTOR]["provinces"]] == ["79"]
    assert [each["code"] for each in seen[BHYT]["categories"]] == [DRUGS]
    for token, query in ((DIRECTOR, "province=01"), (THU, "board=chinh-sach-bhyt")):
        refused = desk.call("GET", f"/reports/complaints?{query}", token=token)
        assert refused.status_code == 403
        assert refused.json["errors"][0]["field"] == query.partition("=")[0]


_LIVE = ("complaints", "complaints.csv", "complaints.xlsx", "complaints.svg")


@pytest.mark.rule("F6")
@pytest.mark.parametrize("path", [*_LIVE, "periodic", "periodic/weekly/2026-W45", "periodic/weekly/2026-W45/report.xlsx"])
def test_every_report_is_closed_to_roles_that_need_none_and_says_who_does(lite: Desk, path: str) -> None:
    allowed = {"director", "board", "admin"} if path in _LIVE else {"board", "admin"}
    for role in TOKENS.keys() - allowed:  # the others succeed: see the table of permissions
        answer = lite.call("GET", f"/reports/{path}", token=TOKENS[role])
        assert answer.status_code == 403
        assert set(answer.json["roles"]) == allowed
    assert lite.call("GET", f"/reports/{path}").status_code == 401


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-12-01&to=2026-11-01", "from"),
        ("from=2020-01-01&to=2026-11-01", "from"),
        ("from=1.11.2026", "from"),
        ("to=3000-01-01", "to"),
        ("province=00", "province"),
        ("board=ban-khac", "board"),
        ("category=khong-co", "category"),
        ("group=week", "group"),
    ],
)
def test_a_wrong_question_is_answered_with_the_field_that_is_wrong(lite: Desk, query: str, field: str) -> None:
    answer = lite.call("GET", f"/reports/complaints?{query}", token=CENTRE)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]


@pytest.mark.parametrize("query", ["table=province", "chart=pie"])
def test_there_are_no_other_tables_and_charts(lite: Desk, query: str) -> None:
    form = "csv" if query.startswith("table") else "svg"
    assert lite.call("GET", f"/reports/complaints.{form}?{query}", token=CENTRE).status_code == 422


def test_days_that_are_left_out_are_those_of_this_month_so_far(lite: Desk, later: Later) -> None:
    assert figures(told(lite, "")["period"], "from", "to", "kind") == ("2026-11-01", "2026-11-02", None)


@pytest.mark.rule("F6")
@pytest.mark.parametrize("table", ["provinces", "boards", "categories", "weeks"])
def test_a_table_as_csv_says_what_the_json_says(lite: Desk, later: Later, table: str) -> None:
    lite.answered(category_code=HISTORY)
    answer = lite.call("GET", f"/reports/complaints.csv?{NOVEMBER}&table={table}", token=CENTRE)
    assert answer.content_type == "text/csv; charset=utf-8"
    assert "2026-11-01_2026-11-30" in answer.headers["Content-Disposition"]
    text = answer.data.decode("utf-8-sig")
    assert answer.data != text.encode(), "Excel wants a byte-order mark"
    rows = list(csv.DictReader(io.StringIO(text)))
    expected = told(lite)[table]
    assert [
        {name: "" if each[name] is None else str(each[name]) for name in row}
        for row, each in zip(rows, expected, strict=True)
    ] == rows


@pytest.mark.rule("F6")
def test_the_workbook_has_a_sheet_for_each_table_with_numbers_as_numbers(lite: Desk, later: Later) -> None:
    lite.answered(category_code=HISTORY)
    answer = lite.call("GET", f"/reports/complaints.xlsx?{NOVEMBER}", token=CENTRE)
    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["Tổng hợp", "Theo tỉnh", "Theo ban", "Theo lĩnh vực", "Theo tuần"]
    provinces = {row[0]: row for row in book["Theo tỉnh"].iter_rows(min_row=2, values_only=True)}
    assert provinces["79"][:6] == ("79", "BHXH Thành phố Hồ Chí Minh", 0, 1, 1, 1)
    summary = {row[0].value: row[1].value for row in book["Tổng hợp"].iter_rows(min_row=5) if row[0].value}
    assert summary["Tiếp nhận trong kỳ"] == 1
    assert len([name for name in zipfile.ZipFile(io.BytesIO(answer.data)).namelist() if "charts/chart" in name]) == 2


@pytest.mark.rule("F6")
@pytest.mark.parametrize("chart", ["provinces", "boards", "categories", "weeks", "ratings"])
def test_a_chart_is_an_svg_with_its_numbers_as_text_and_nothing_that_runs(lite: Desk, later: Later, chart: str) -> None:
    lite.say(lite.answered(category_code=HISTORY), "rate", {"rating": 4})
    answer = lite.call("GET", f"/reports/complaints.svg?{NOVEMBER}&chart={chart}", token=CENTRE)
    assert answer.content_type == "image/svg+xml"
    root = ET.fromstring(answer.data)
    words = " ".join(text.text or "" for text in root.iter(f"{SVG}text"))
    assert "01/11/2026 - 30/11/2026" in words
    assert {"weeks": "2026-W45", "categories": "Thiếu thời gian đóng", "ratings": "4.00 (1 lượt)"}.get(chart, "1") in words
    assert not list(root.iter(f"{SVG}script"))
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_reports_hold_no_word_of_a_citizen(lite: Desk, later: Later) -> None:
    lite.answered(category_code=HISTORY)
    for path in _LIVE:
        text = lite.call("GET", f"/reports/{path}", token=CENTRE).data
        for word in ("Thành Biên", "0983", "84983847986", "0113099841", "Sai quá trình"):
            assert word.encode() not in text
