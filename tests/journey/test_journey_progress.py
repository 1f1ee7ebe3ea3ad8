"""The IT centre follows the progress of registration, and the leadership reads it when the week is over (R1)."""

from datetime import datetime, time, timedelta

import pytest

from playground.inbox import Inbox
from playground.stage import Stage
from services.chassis.calendar import VIETNAM

_LEADERSHIP = "lanh-dao.tien-do@bhxh.example"
_REPORTS = "/registration/reports"


@pytest.mark.rule("R1", "N8")
def test_what_people_filed_and_offices_decided_is_counted_in_time_and_mailed_when_the_week_is_over(
    moving_stage: Stage,
) -> None:
    stage = moving_stage
    centre = stage.desk("board", board="cntt")
    day = f"{stage.now.astimezone(VIETNAM):%Y-%m-%d}"
    today = {"from": day, "to": day}
    before = centre.call("GET", f"{_REPORTS}/progress", params=today)["totals"]

    approved, rejected = stage.citizen().files(), stage.citizen().files()
    officer = stage.staff("approver", "48")
    officer.approves_at_the_counter(approved.no)
    officer.receives(rejected.no)
    officer.decides(rejected.no, "invalid", reason_code="id_differs", reason="Giấy tờ khác tờ khai.")
    approved.until("activated")
    rejected.until("rejected")

    told = centre.call("GET", f"{_REPORTS}/progress", params=today)
    names = ("filed", "received", "approved", "rejected", "minutes_in_time")
    assert [told["totals"][name] - before[name] for name in names] == [2, 2, 1, 1, 2]
    assert "id_differs" in [each["code"] for each in told["reasons"]]
    director = stage.desk("director", "48")
    own = director.call("GET", f"{_REPORTS}/progress", params=today)
    assert [each["code"] for each in own["provinces"]] == ["48"]
    director.call("GET", f"{_REPORTS}/progress", params=today | {"province": "01"}, expect=403)
    assert centre.call("GET", f"{_REPORTS}/progress.xlsx", params=today).startswith(b"PK")

    local = stage.now.astimezone(VIETNAM).date()
    monday = local + timedelta(days=7 - local.weekday())
    morning = datetime.combine(monday, time(10), VIETNAM)
    stage.passes(seconds=(morning - stage.now).total_seconds())
    week = f"{monday - timedelta(days=1):%G-W%V}"
    mail = Inbox(stage.web, _LEADERSHIP).until(f"Tuần {int(week[-2:])}", channel="email")
    assert "Đã nộp trong kỳ: " in mail.text
    kept = stage.desk("board", board="cntt").call("GET", f"{_REPORTS}/periodic/weekly/{week}")
    assert kept["report"]["totals"]["filed"] >= 2
