"""The holiday list that feedback tells: the newest one counts, and no deadline moves by it."""

from __future__ import annotations

import csv
from datetime import date, datetime
from typing import Any

import pytest

from services.accounts import events as accounts
from services.chassis.calendar import VIETNAM, Correction, holidays_in
from services.chassis.calendar.holidays import SHIPPED
from services.chassis.ids import uuid7
from services.notifications.dossiers.readers import AccountActivated
from services.notifications.readers import CalendarChanged
from tests.integration.notifications.desk import Desk

PHONE = {"phone": "+84983847986", "email": None}
STORM = {"day": "2026-11-26", "kind": "off", "why": "Bão số 9"}
INSTEAD = {"day": "2026-11-28", "kind": "work", "why": "Làm bù cho 26/11/2026"}
COMPLETE = datetime(2026, 11, 25, 10, tzinfo=VIETNAM)  # a Wednesday


def change_calendar(desk: Desk, *corrections: dict[str, str], revision: int) -> None:
    example = {"calendar": "calendar", "corrections": list(corrections), "changed_at": "2026-11-25T08:00:00+07:00"}
    desk.read(CalendarChanged, example, revision=revision)


def activate_at_a_counter(desk: Desk, **changes: Any) -> None:
    example = accounts.AccountActivated.example
    told = {"contact": PHONE, "route": "counter", "complete_at": COMPLETE.isoformat(), **changes}
    desk.read(AccountActivated, example, **told)


def days(desk: Desk) -> list[date]:
    with desk.db.read() as session:
        return [each.day for each in holidays_in(session)]


@pytest.mark.rule("W1")
def test_the_list_begins_as_it_was_shipped(desk: Desk) -> None:
    with SHIPPED.open(encoding="utf-8", newline="") as lines:
        shipped = [Correction(date.fromisoformat(row["day"]), row["kind"], row["why"]) for row in csv.DictReader(lines)]
    with desk.db.read() as session:
        assert holidays_in(session) == shipped


@pytest.mark.rule("W1", "N3")
def test_a_password_at_a_counter_has_three_working_days_by_the_shipped_calendar(desk: Desk) -> None:
    activate_at_a_counter(desk)
    assert desk.message().urgency == "3-working-days"
    assert desk.message().deadline_at == datetime(2026, 12, 1, tzinfo=VIETNAM)  # Thursday, Friday, Monday


@pytest.mark.rule("W1", "N3")
def test_a_corrected_day_counts_for_the_deadlines_that_come_after_it(desk: Desk) -> None:
    change_calendar(desk, STORM, revision=1)
    activate_at_a_counter(desk)
    assert desk.message().deadline_at == datetime(2026, 12, 2, tzinfo=VIETNAM)  # Friday, Monday, Tuesday


@pytest.mark.rule("W1", "N3")
@pytest.mark.parametrize("correction", [STORM, INSTEAD], ids=["off", "work"])
def test_a_deadline_once_set_is_not_moved_by_a_later_correction(desk: Desk, correction: dict[str, str]) -> None:
    activate_at_a_counter(desk)
    before = desk.message().deadline_at, desk.message().watched_until
    assert before[0] == datetime(2026, 12, 1, tzinfo=VIETNAM)  # Thursday, Friday, Monday
    change_calendar(desk, correction, revision=1)
    assert (desk.message().deadline_at, desk.message().watched_until) == before


@pytest.mark.rule("W1", "N3")
def test_a_fact_that_comes_again_after_a_correction_keeps_its_deadline(desk: Desk) -> None:
    id_ = uuid7()
    activate_at_a_counter(desk, id_=id_)
    change_calendar(desk, INSTEAD, revision=1)
    activate_at_a_counter(desk, id_=id_)
    assert desk.message().deadline_at == datetime(2026, 12, 1, tzinfo=VIETNAM)


@pytest.mark.rule("W1")
def test_an_older_list_that_arrives_late_does_not_undo_a_newer_one(desk: Desk) -> None:
    change_calendar(desk, STORM, INSTEAD, revision=3)
    change_calendar(desk, STORM, revision=2)
    change_calendar(desk, revision=3)
    assert days(desk) == [date(2026, 11, 26), date(2026, 11, 28)]
    change_calendar(desk, INSTEAD, revision=4)
    assert days(desk) == [date(2026, 11, 28)]


@pytest.mark.rule("W1")
def test_a_list_may_become_empty(desk: Desk) -> None:
    change_calendar(desk, revision=1)
    assert days(desk) == []
