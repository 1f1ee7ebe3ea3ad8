"""Reports of weeks and months on the progress of registration: made by the clock, kept, told with their totals (R1)."""

from datetime import datetime

import pytest

from services.chassis.calendar import VIETNAM

CENTRE = "board:head:cntt"
START = datetime(2026, 11, 2, 9, tzinfo=VIETNAM)
#: Monday a week later: the report is due since six
AFTER = datetime(2026, 11, 9, 6, 1, tzinfo=VIETNAM)


@pytest.fixture
def desk(later, make_desk):
    """A desk that was set up on 2 November: the clock was moved before its tables were made."""
    later.to(START)
    return make_desk(report_recipients=("lanh-dao@example.vn", "cntt@example.vn"))


def listed(desk):
    answer = desk.open("GET", "/reports/periodic", token=CENTRE)
    assert answer.status_code == 200, answer.text
    return {f"{item['kind']} {item['name']}": item["status"] for item in answer.json["items"]}


@pytest.mark.rule("R1")
def test_a_week_is_planned_made_when_it_is_over_told_with_its_totals_and_kept_as_it_was(desk, later):
    assert listed(desk) == {"weekly 2026-W45": "planned", "monthly 2026-11": "planned"}
    desk.submitted()
    later.to(AFTER)
    desk.sweep()
    desk.run_jobs()
    assert listed(desk) == {"weekly 2026-W45": "made", "weekly 2026-W46": "planned", "monthly 2026-11": "planned"}
    kept = desk.open("GET", "/reports/periodic/weekly/2026-W45", token=CENTRE).json
    assert kept["title"] == "Tuần 45 năm 2026 (02/11/2026 - 08/11/2026)"
    assert (kept["report"]["totals"]["filed"], len(kept["report"]["weeks"])) == (1, 8)
    tables = ("provinces", "offices", "channels", "kinds", "weeks", "reasons")
    assert kept["files"] == sorted(["report.xlsx", *(f"{table}.csv" for table in tables)])
    for file in kept["files"]:
        assert desk.open("GET", f"/reports/periodic/weekly/2026-W45/{file}", token=CENTRE).data
    (told,) = desk.facts("progress_report_made")
    assert (told.body["report_name"], told.body["totals"]["filed"]) == ("weekly-2026-W45", 1)
    assert told.body["recipients"] == [{"email": "lanh-dao@example.vn"}, {"email": "cntt@example.vn"}]
    assert "filed" in told.public
    assert "@" not in told.public
    # the declaration expires; what was reported stays
    later.to(datetime(2026, 11, 20, 9, tzinfo=VIETNAM))
    desk.sweep()
    again = desk.open("GET", "/reports/periodic/weekly/2026-W45", token=CENTRE).json
    assert again["report"] == kept["report"]


@pytest.mark.rule("R1")
def test_only_the_it_centre_reads_the_countrys_reports_and_what_is_not_there_is_not_found(desk):
    for token, status in ((CENTRE, 404), ("director:d:01", 403), ("board:b:thu-so-the", 403), ("admin:a", 403)):
        for path in ("weekly/2026-W01", "yearly/2026", "weekly/2026-W01/report.xlsx"):
            assert desk.open("GET", f"/reports/periodic/{path}", token=token).status_code == status
