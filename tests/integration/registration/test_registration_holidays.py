"""The copy of the one holiday list, which feedback owns (W1). Both databases."""

from datetime import date, datetime, timedelta

import holidays
import pytest

from services.chassis.calendar import OFF, VIETNAM, WORK, Correction, calendar_of, holidays_in
from services.chassis.calendar.holidays import SHIPPED
from services.chassis.text import csv_lists

STORM = {"day": "2026-11-25", "kind": OFF, "why": "Nghỉ tránh bão"}
MADE_UP = {"day": "2026-11-28", "kind": WORK, "why": "Làm bù cho 25/11/2026"}


def tell(desk, *corrections, revision):
    changed_at = "2026-11-21T08:00:00+07:00"
    desk.hear("calendar_changed", corrections=list(corrections), changed_at=changed_at, revision=revision)


def copied(desk):
    with desk.db.read() as session:
        return holidays_in(session)


def test_a_new_database_has_the_list_that_was_shipped(desk):
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        shipped = csv_lists.read(
            file,
            ("day", "kind", "why"),
            lambda row: Correction(date.fromisoformat(row["day"]), row["kind"], row["why"]),
            key="day",
        )
    assert copied(desk) == shipped


def test_a_changed_list_takes_the_place_of_the_copy(desk):
    tell(desk, STORM, MADE_UP, revision=1)
    assert [(each.day, each.kind) for each in copied(desk)] == [(date(2026, 11, 25), OFF), (date(2026, 11, 28), WORK)]
    with desk.db.read() as session:
        calendar = calendar_of(session)
    assert not calendar.is_working_day(date(2026, 11, 25))
    assert calendar.is_working_day(date(2026, 11, 28))
    tell(desk, revision=2)
    assert copied(desk) == []


def test_an_older_list_that_arrives_late_does_not_undo_a_newer_one(desk):
    tell(desk, STORM, MADE_UP, revision=5)
    tell(desk, STORM, revision=4)
    tell(desk, revision=5)
    assert len(copied(desk)) == 2


@pytest.mark.rule("I6", "W1")
def test_every_last_day_of_ten_years_is_the_one_that_a_count_day_by_day_finds_with_the_same_list(desk):
    rule, moved = holidays.country_holidays("VN"), {date(2026, 11, 25): False, date(2026, 11, 28): True}
    tell(desk, STORM, MADE_UP, revision=1)
    with desk.db.read() as session:
        calendar = calendar_of(session)

    def counted(filed):
        day = filed.date()
        for _ in range(10):
            day += timedelta(days=1)
        while not moved.get(day, rule.is_working_day(day)):
            day += timedelta(days=1)
        return day

    morning, night = datetime(2021, 1, 1, tzinfo=VIETNAM), datetime(2021, 1, 1, 23, 59, 59, tzinfo=VIETNAM)
    moments = [begin + timedelta(days=n) for n in range(3652) for begin in (morning, night)]
    terms = desk.resources.settings.terms
    wrong = [filed for filed in moments if terms.begin(calendar, filed, about="x").last_day != counted(filed)]
    assert wrong == []
