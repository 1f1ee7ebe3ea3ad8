"""The progress of registration over HTTP: what is counted and where, who may read it, and in which forms (R1). Both databases."""

import csv
import io
import random
from collections import Counter
from datetime import datetime, timedelta

import pytest
from openpyxl import load_workbook

from services.chassis.calendar import VIETNAM
from services.registration.declarations.rules import Declaration

#: a Monday
START = datetime(2026, 11, 2, 9, tzinfo=VIETNAM)
NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}
CENTRE = "board:head:cntt"
ENDINGS = ("approved", "rejected", "expired", "withdrawn")
CLOCKS = ("minutes_in_time", "minutes_late", "days_in_time", "days_late", "untimed")


def report(desk, token=CENTRE, **query):
    answer = desk.open("GET", "/reports/progress", token=token, query_string=NOVEMBER | query)
    assert answer.status_code == 200, answer.text
    return answer.json


def line(told, table, code):
    (found,) = [each for each in told[table] if each["code"] == code]
    return found


def figures(counted, *names):
    return tuple(counted[name] for name in names)


def filed(desk, number, **changes):
    return desk.submitted(subject={"bhxh_code": f"01130{number:05d}"}, **changes)


def decided(desk, dossier, *, complete_at, at, office="79", reason=None):
    name = "declaration_rejected" if reason else "identity_verified"
    more = {"reason_code": reason} if reason else {}
    moments = {"complete_at": complete_at.isoformat(), "decided_at": at.isoformat()}
    desk.hear(name, dossier, revision=3, decided_office_code=office, **moments, **more)
    if not reason:
        desk.hear("account_activated", dossier, account_id=f"account-{dossier.no}", activated_at=at.isoformat())


def received(desk, dossier, office, at):
    desk.hear("case_received", dossier, revision=2, office_code=office, received_at=at.isoformat())


@pytest.mark.rule("R1", "V2")
def test_a_dossier_counts_where_it_is_named_then_where_the_person_came_then_where_it_was_decided(desk, later):
    later.to(START)
    dossier = filed(desk, 1)
    assert figures(line(report(desk), "offices", "01"), "filed", "open", "name") == (1, 1, "BHXH Thành phố Hà Nội")
    received(desk, dossier, "48", START)
    told = report(desk)
    assert [each["code"] for each in told["offices"]] == ["48"]
    assert figures(line(told, "provinces", "48"), "filed", "received", "open") == (1, 1, 1)
    decided(desk, dossier, complete_at=START, at=START + timedelta(minutes=3), office="79")
    received(desk, dossier, "48", START)  # a late copy
    told = report(desk)
    assert [each["code"] for each in told["offices"]] == ["79"]
    assert figures(line(told, "provinces", "79"), "filed", "received", "approved", "open") == (1, 1, 1, 0)


@pytest.mark.rule("R1")
def test_an_answer_is_in_time_by_its_own_clock_15_minutes_or_3_working_days(desk, form, later):
    later.to(START)
    quick, slow = filed(desk, 1), filed(desk, 2)
    decided(desk, quick, complete_at=START, at=START + timedelta(minutes=14))
    decided(desk, slow, complete_at=START, at=START + timedelta(minutes=16), reason="id_differs")
    counter = {"token": "officer:o", "route": "counter", "channel": "office"}
    paper, late_paper = (desk.create(subject={"bhxh_code": f"011309000{number}"}, **counter) for number in (1, 2))
    child = desk.create(form.child, token="citizen:guardian-1")
    posted = filed(desk, 5, filing="post")
    for each in (paper, late_paper):
        assert desk.submit(each, token="officer:o").status_code == 202
    assert desk.submit(child, token="citizen:guardian-1").status_code == 202
    thursday = datetime(2026, 11, 5, 23, 59, tzinfo=VIETNAM)  # three working days after Monday
    for each in (paper, child, posted):
        decided(desk, each, complete_at=START, at=thursday)
    decided(desk, late_paper, complete_at=START, at=thursday + timedelta(minutes=2))
    told = report(desk)
    assert figures(told["totals"], *CLOCKS) == (1, 1, 3, 1, 0)
    assert figures(told["totals"], "minutes_percent", "days_percent") == (50.0, 75.0)
    assert figures(line(told, "channels", "office"), "approved", "days_in_time", "days_late") == (2, 1, 1)
    assert told["reasons"] == [{"code": "id_differs", "name": "Giấy tờ tùy thân khác với tờ khai", "number": 1}]


@pytest.mark.rule("R1", "I6")
def test_what_expired_or_was_withdrawn_is_counted_after_its_data_are_gone(desk, later):
    later.to(START)
    gone, back = filed(desk, 1), filed(desk, 2, office_code="79")
    assert desk.ask("DELETE", back).status_code == 204
    later.to(START + timedelta(days=20))
    desk.sweep()
    assert desk.row(gone).subject is None
    told = report(desk)
    assert figures(told["totals"], "filed", *ENDINGS, "open") == (2, 0, 0, 1, 1, 0)
    assert figures(line(told, "provinces", "01"), "expired", "withdrawn") == (1, 0)
    assert figures(line(told, "provinces", "79"), "expired", "withdrawn") == (0, 1)


@pytest.mark.rule("R1")
def test_a_draft_counts_nowhere_and_a_decision_that_overtakes_the_receipt_is_not_taken_back(desk, later):
    later.to(START)
    desk.create()
    dossier = filed(desk, 1)
    decided(desk, dossier, complete_at=START, at=START + timedelta(minutes=1), office="48")
    received(desk, dossier, "01", START)
    told = report(desk)
    assert figures(told["totals"], "filed", "received", "approved") == (1, 1, 1)
    assert line(told, "offices", "48")["approved"] == 1


@pytest.mark.rule("R1")
def test_what_an_earlier_release_filed_is_counted_by_the_office_that_its_form_names(desk, later):
    later.to(START)
    dossier = filed(desk, 1, office_code="48")
    with desk.db.write() as session:
        row = session.get(Declaration, desk.row(dossier).id)
        row.office_code = row.province_code = None
    told = report(desk)
    assert [(each["code"], each["filed"]) for each in told["offices"]] == [("", 1)]
    assert told["totals"]["filed"] == 1
    desk.sweep()
    assert [(each["code"], each["filed"]) for each in report(desk)["offices"]] == [("48", 1)]
    assert line(report(desk), "provinces", "48")["filed"] == 1


@pytest.mark.rule("R1")
def test_the_figures_agree_with_a_count_one_by_one_in_every_group_and_every_period(desk, later):
    later.to(START)
    rows = _random_rows(random.Random(702), 300)
    with desk.db.write() as session:
        session.add_all(rows)
    for month, day in ((9, 28), (10, 12), (11, 2), (11, 5)):
        for days in (7, 30):
            begin = datetime(2026, month, day, tzinfo=VIETNAM)
            last = begin + timedelta(days=days - 1)
            told = report(desk, **{"from": f"{begin:%Y-%m-%d}", "to": f"{last:%Y-%m-%d}"})
            _agrees(told, rows, begin, begin + timedelta(days=days))


@pytest.mark.rule("R1")
def test_filters_narrow_the_report_and_weeks_follow_each_other_without_a_gap(desk, later):
    later.to(START)
    dossier = filed(desk, 1, office_code="48")
    filed(desk, 2)
    later.to(START + timedelta(days=7))
    decided(desk, dossier, complete_at=START, at=START + timedelta(days=7), office="48")
    told = report(desk)
    weeks = [(each["week"], *figures(each, "filed", "approved", "open")) for each in told["weeks"]]
    assert weeks[:3] == [("2026-W44", 0, 0, 0), ("2026-W45", 2, 0, 2), ("2026-W46", 0, 1, 1)]
    assert len(told["provinces"]) == 35
    assert report(desk, province="48")["totals"]["filed"] == 1
    assert report(desk, office="01")["totals"]["open"] == 1
    assert report(desk, channel="app")["totals"]["filed"] == 0
    assert report(desk, kind="register")["totals"]["filed"] == 2


@pytest.mark.rule("R1", "V11")
@pytest.mark.parametrize(
    ("token", "seen"),
    [
        (CENTRE, 2),
        ("director:d:01", 1),
        ("approver:a:01", 1),
        ("officer:o:01", 1),
        ("officer:o:48", 0),
        ("officer:o:CSKH", 0),
        ("board:b:thu-so-the", 403),
        ("admin:a", 403),
        ("support:s", 403),
        ("citizen:c", 403),
        (None, 401),
    ],
)
def test_the_it_centre_sees_all_a_province_its_own_and_nobody_else_anything(desk, token, seen):
    filed(desk, 1)
    filed(desk, 2, office_code="79")
    year = {"from": "2026-01-01", "to": "2026-12-31"}
    for path in ("progress", "progress.csv", "progress.xlsx"):
        answer = desk.open("GET", f"/reports/{path}", token=token, query_string=year)
        assert answer.status_code == (seen if seen in (401, 403) else 200)
    if seen not in (401, 403):
        assert desk.open("GET", "/reports/progress", token=token, query_string=year).json["totals"]["filed"] == seen
    stored = desk.open("GET", "/reports/periodic", token=token)
    assert stored.status_code == (401 if token is None else 200 if token == CENTRE else 403)


@pytest.mark.rule("R1")
def test_nobody_sees_another_province_and_an_unknown_one_is_named(lite):
    refused = lite.open("GET", "/reports/progress?province=48", token="director:d:01")
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (403, "province")
    unknown = lite.open("GET", "/reports/progress?province=99", token=CENTRE)
    assert (unknown.status_code, unknown.json["errors"][0]["field"]) == (422, "province")
    backwards = lite.open("GET", "/reports/progress?from=2026-11-02&to=2026-11-01", token=CENTRE)
    assert (backwards.status_code, backwards.json["errors"][0]["field"]) == (422, "from")


@pytest.mark.rule("R1")
def test_a_table_is_downloaded_as_csv_and_all_of_them_as_a_workbook_without_formulas(desk, later):
    later.to(START)
    dossier = filed(desk, 1)
    decided(desk, dossier, complete_at=START, at=START + timedelta(minutes=1), office="=1+1", reason="=cmd()")
    told = desk.open("GET", "/reports/progress.csv", token=CENTRE, query_string=NOVEMBER | {"table": "offices"})
    lines = list(csv.DictReader(io.StringIO(told.data.decode("utf-8-sig"))))
    assert [(each["code"], each["rejected"]) for each in lines] == [("'=1+1", "1")]
    book = load_workbook(io.BytesIO(desk.open("GET", "/reports/progress.xlsx", token=CENTRE, query_string=NOVEMBER).data))
    assert book.sheetnames == [
        "Tổng hợp",
        "Theo tỉnh",
        "Theo cơ quan",
        "Theo kênh",
        "Theo loại tờ khai",
        "Theo tuần",
        "Lý do không duyệt",
    ]
    summary = {row[0].value: row[1].value for row in book["Tổng hợp"].iter_rows(min_row=5, max_col=2)}
    assert (summary["Đã nộp trong kỳ"], summary["Không được duyệt"]) == (1, 1)
    assert [cell.value for cell in book["Lý do không duyệt"][2]] == ["'=cmd()", "'=cmd()", 1]
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def _random_rows(chance, count):
    """Declarations with every ending, at moments of ten weeks, some by the second around midnight."""
    made = []
    for number in range(count):
        submitted = datetime(2026, 9, 20, tzinfo=VIETNAM) + timedelta(
            days=chance.randrange(50), seconds=chance.choice((0, 1, 86_399, chance.randrange(86_400)))
        )
        office = chance.choice(("01", "48", "79", "CSKH"))
        row = Declaration(
            dossier_no=f"{number:06d}",
            kind=chance.choice(("register", "adjust", "stop")),
            route="portal",
            channel=chance.choice(("web", "app", "office")),
            filing="counter",
            tracking_hash=b"0" * 32,
            office={"code": office},
            office_code=office,
            province_code="00" if office == "CSKH" else office,
            created_at=submitted,
            submitted_at=submitted,
            attachments={},
            warnings=[],
        )
        row.status = chance.choice(("submitted", "received", "activated", "rejected", "expired", "withdrawn"))
        if row.status in ("received", "activated", "rejected"):
            row.received_at = submitted + timedelta(hours=chance.randrange(72))
        if row.status in ("activated", "rejected", "expired", "withdrawn"):
            ended = row.ended_at = submitted + timedelta(hours=chance.randrange(80), minutes=chance.randrange(60))
        if row.status in ("activated", "rejected") and chance.random() < 0.9:
            row.legal_clock = chance.choice(("15_minutes", "3_days"))
            row.due_at = ended + timedelta(minutes=chance.choice((-5, 0, 5)))
            row.reason_code = chance.choice(("other", "id_differs")) if row.status == "rejected" else None
        made.append(row)
    return made


def _agrees(told, rows, begin, end):
    within = lambda moment: moment is not None and begin <= moment < end  # noqa: E731
    expected: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        for group in (("provinces", row.province_code), ("offices", row.office_code), ("channels", row.channel),
                      ("kinds", row.kind), ("totals", "")):  # fmt: skip
            name = {"activated": "approved"}.get(row.status, row.status)
            expected[*group, "filed"] += within(row.submitted_at)
            expected[*group, "received"] += within(row.received_at)
            expected[*group, name] += within(row.ended_at)
            expected[*group, "open"] += row.submitted_at < end and (row.ended_at is None or row.ended_at >= end)
            expected[*group, "carried_over"] += row.submitted_at < begin and (row.ended_at is None or row.ended_at >= begin)
            if within(row.ended_at) and name in ("approved", "rejected"):
                clock = {"15_minutes": "minutes", "3_days": "days"}.get(row.legal_clock)
                in_time = "in_time" if clock and row.ended_at < row.due_at else "late"
                expected[*group, f"{clock}_{in_time}" if clock else "untimed"] += 1
    names = ("carried_over", "filed", "received", *ENDINGS, "open", *CLOCKS)
    for table in ("provinces", "offices", "channels", "kinds"):
        for each in told[table]:
            counted = {name: each[name] for name in names}
            assert counted == {name: expected[table, each["code"], name] for name in names}, (table, each["code"])
    totals = told["totals"]
    assert {name: totals[name] for name in names} == {name: expected["totals", "", name] for name in names}
    assert totals["carried_over"] + totals["filed"] == totals["open"] + sum(totals[name] for name in ENDINGS)
    assert sum(each["number"] for each in told["reasons"]) == totals["rejected"]
    for name in ("filed", "received", *ENDINGS):
        assert sum(week[name] for week in told["weeks"]) == totals[name]
    assert told["weeks"][-1]["open"] == totals["open"]
