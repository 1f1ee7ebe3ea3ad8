"""Reports of weeks and months: made by the clock, kept with their files, told to whom they are for (F6)."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.chassis import jobs
from services.chassis.calendar import VIETNAM
from services.chassis.documents import DocumentRefused
from services.chassis.reports.periodic import find
from services.feedback.reports.rules import PeriodicReport
from tests.integration.feedback.desk import ADMIN, CENTRE, Desk
from tests.stand.later import Later

HISTORY = "thieu-thoi-gian-dong"
#: Monday, 9 November, ten o'clock: the report on the week before is due since six
AFTER = datetime(2026, 11, 9, 10, tzinfo=VIETNAM)


@pytest.fixture
def desk_then(later: Later, make_desk: Any) -> Desk:
    """A desk that was set up on 2 November: the clock was moved before its tables were made."""
    desk: Desk = make_desk()
    return desk


def listed(desk: Desk, query: str = "") -> dict[str, str]:
    answer = desk.call("GET", f"/reports/periodic?{query}", token=CENTRE)
    assert answer.status_code == 200, answer.text
    return {f"{item['kind']} {item['name']}": item["status"] for item in answer.json["items"]}


def shown(desk: Desk, name: str = "weekly/2026-W45") -> Any:
    return desk.call("GET", f"/reports/periodic/{name}", token=CENTRE)


@pytest.mark.rule("F6")
def test_a_week_and_a_month_are_planned_from_the_start_and_made_when_they_are_over(desk_then: Desk, later: Later) -> None:
    desk = desk_then
    assert listed(desk) == {"weekly 2026-W45": "planned", "monthly 2026-11": "planned"}
    desk.answered(category_code=HISTORY)
    later.to(datetime(2026, 11, 9, 5, 59, tzinfo=VIETNAM))
    desk.sweep()
    assert listed(desk)["weekly 2026-W45"] == "planned", "the night is left to those who answer late"
    later.to(datetime(2026, 11, 9, 6, 1, tzinfo=VIETNAM))
    desk.sweep()
    assert listed(desk)["weekly 2026-W45"] == "making"
    desk.run_jobs()
    assert listed(desk) == {"weekly 2026-W45": "made", "weekly 2026-W46": "planned", "monthly 2026-11": "planned"}
    report = shown(desk).json
    assert report["title"] == "Tuần 45 năm 2026 (02/11/2026 - 08/11/2026)"
    assert report["report"]["totals"]["settled_in_time"] == 1
    assert [week["week"] for week in report["report"]["weeks"]] == [f"2026-W{n}" for n in range(38, 46)], (
        "and how it went before"
    )
    later.to(datetime(2026, 12, 1, 7, tzinfo=VIETNAM))
    for _ in range(5):
        desk.sweep()
    desk.run_jobs()
    assert listed(desk, "kind=monthly") == {"monthly 2026-11": "made", "monthly 2026-12": "planned"}
    assert [name for name, status in listed(desk, "kind=weekly").items() if status == "made"] == [
        f"weekly 2026-W{n}" for n in (48, 47, 46, 45)
    ], "weeks in which nothing ran are made up for"


@pytest.mark.rule("F6")
def test_its_files_are_kept_and_are_what_they_were_put_as(desk_then: Desk, later: Later) -> None:
    desk = desk_then
    desk.answered(category_code=HISTORY)
    later.to(AFTER)
    desk.sweep()
    desk.run_jobs()
    files = shown(desk).json["files"]
    assert files == sorted(
        ["report.xlsx"]
        + [f"{name}.csv" for name in ("provinces", "boards", "categories", "weeks")]
        + [f"{name}.svg" for name in ("provinces", "boards", "categories", "weeks", "ratings")]
    )
    types = set()
    for file in files:
        answer = shown(desk, f"weekly/2026-W45/{file}")
        assert answer.status_code == 200
        assert answer.data
        types.add(answer.content_type.partition(";")[0])
    assert types == {"text/csv", "image/svg+xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@pytest.mark.rule("F6")
def test_what_was_reported_stays_so_when_a_complaint_is_reopened_later(desk_then: Desk, later: Later) -> None:
    desk = desk_then
    complaint = desk.answered(category_code=HISTORY)
    later.to(AFTER)
    desk.sweep()
    desk.run_jobs()
    before = shown(desk).json["report"]["totals"]
    assert desk.say(complaint, "reopen", {"reason": "Vẫn chưa đúng."}).status_code == 200
    assert shown(desk).json["report"]["totals"] == before
    live = desk.call("GET", "/reports/complaints?from=2026-11-02&to=2026-11-08", token=CENTRE).json
    assert (before["settled"], live["totals"]["settled"]) == (1, 0)


@pytest.mark.rule("F6")
def test_the_leadership_and_the_it_centre_are_told_once_and_the_public_gets_figures_without_addresses(
    desk_then: Desk, later: Later
) -> None:
    desk = desk_then
    desk.answered(category_code=HISTORY)
    later.to(AFTER)
    for _ in range(2):
        desk.sweep()
        desk.run_jobs()
    (fact,) = desk.facts("report_made")
    assert fact.body["report_name"] == "weekly-2026-W45"
    assert fact.body["totals"]["settled_in_time"] == 1
    assert [each["role"] for each in fact.body["staff"]] == ["leadership", "it_centre"]
    assert "settled_in_time" in fact.public
    assert "@" not in fact.public


@pytest.mark.rule("F6")
def test_a_report_that_could_not_be_made_says_so_and_can_be_made_after_all(
    desk_then: Desk, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_then

    def refuses(*_: Any) -> Any:
        raise DocumentRefused("no room")

    later.to(AFTER)
    desk.sweep()
    with monkeypatch.context() as patched:
        patched.setattr(desk.documents, "put", refuses)
        desk.run_jobs()
    assert listed(desk)["weekly 2026-W45"] == "failed"
    assert shown(desk, "weekly/2026-W45/report.xlsx").status_code == 404
    assert shown(desk).json["report"] is None
    with desk.db.write() as session:
        (given_up,) = jobs.list_jobs(session, kind="make_report", state=jobs.State.GIVEN_UP)
        jobs.retry(session, given_up.id)
    desk.run_jobs()
    assert listed(desk)["weekly 2026-W45"] == "made"


@pytest.mark.parametrize(
    "name",
    [
        "weekly/2026-W99",
        "weekly/2026-47",
        "weekly/2026-11",
        "monthly/2026-W47",
        "monthly/2026-13",
        "daily/2026-11-02",
        "monthly/2025-01",
        "weekly/2026-W45/passwd",
        "weekly/2026-W45/..%2f..",
        "monthly/99999-01",
    ],
)
def test_what_is_no_report_is_not_found(make_lite: Any, later: Later, name: str) -> None:
    assert shown(make_lite(), name).status_code == 404


def test_a_list_of_reports_goes_on_from_its_cursor(desk_then: Desk, later: Later) -> None:
    desk = desk_then
    for week in range(3):
        later.to(AFTER + timedelta(weeks=week))
        desk.sweep()
    first = desk.call("GET", "/reports/periodic?kind=weekly&limit=3", token=ADMIN).json
    rest = desk.call("GET", f"/reports/periodic?kind=weekly&limit=3&cursor={first['next_cursor']}", token=ADMIN).json
    assert [each["name"] for each in first["items"] + rest["items"]] == [f"2026-W{n}" for n in (48, 47, 46, 45)]
    assert rest["next_cursor"] is None


def test_a_document_that_is_gone_from_the_store_is_not_found_rather_than_an_error(make_lite: Any, later: Later) -> None:
    desk = make_lite()
    later.to(AFTER)
    desk.sweep()
    desk.run_jobs()
    with desk.db.read() as session:
        kept = find(session, PeriodicReport, "weekly", "2026-W45")
        assert kept is not None
        document = kept.files["weeks.csv"]
    content = shown(desk, "weekly/2026-W45/weeks.csv").data
    assert hashlib.sha256(content).hexdigest() == document["sha256"]
    desk.documents.delete(document["document_id"])
    assert shown(desk, "weekly/2026-W45/weeks.csv").status_code == 404
