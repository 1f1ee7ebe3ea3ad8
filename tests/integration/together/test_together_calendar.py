"""One calendar for all services (W1): a swap that an operator imports counts everywhere, and the library is new enough for the year's own."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version
from typer.testing import CliRunner

from services.chassis.calendar import Calendar, calendar_of
from services.feedback.cli import holidays_app
from tests.integration.http.desks import Desk

COUNTING = ("registration", "verification", "notifications", "feedback")
#: the oldest version of `holidays` whose 2026 was checked against the year's decisions
CHECKED = Version("0.109")


@pytest.mark.rule("W1", "I6", "F7")
def test_a_swap_that_is_imported_in_feedback_counts_in_every_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desks = {service: Desk(service, tmp_path).filled() for service in COUNTING}
    file = tmp_path / "swap.csv"
    file.write_text("day,kind,why\n2027-06-14,off,Nghỉ bù\n2027-06-19,work,Làm bù cho 14/06/2027\n", encoding="utf-8")
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", desks["feedback"].database_url)
    done = CliRunner().invoke(holidays_app, ["import", str(file)])
    assert done.exit_code == 0, done.output
    (told,) = desks["feedback"].facts("calendar_changed")
    for service in ("registration", "verification", "notifications"):
        desks[service].handle(
            desks[service].reader("calendar_changed"), json.loads(json.dumps(told.body)), revision=told.revision
        )
    last_days = set()
    for desk in desks.values():
        with desk.db.read() as session:
            calendar = calendar_of(session)
        assert (calendar.is_working_day(date(2027, 6, 14)), calendar.is_working_day(date(2027, 6, 19))) == (False, True)
        last_days.add(calendar.after(date(2027, 6, 10), 3))
    assert last_days == {date(2027, 6, 16)}


@pytest.mark.rule("W1")
def test_the_library_knows_the_days_off_of_2026_and_no_older_one_may_be_installed() -> None:
    calendar = Calendar()
    assert not calendar.is_working_day(date(2026, 11, 24)), "Vietnam's day of culture"
    assert not calendar.is_working_day(date(2026, 8, 31)), "swapped with Saturday 22 August"
    assert calendar.is_working_day(date(2026, 8, 22))
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    floors = {
        Version(next(iter(wanted.specifier)).version)
        for extra in project["optional-dependencies"].values()
        for wanted in map(Requirement, extra)
        if wanted.name == "holidays"
    }
    assert floors == {CHECKED}
