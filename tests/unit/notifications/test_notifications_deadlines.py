"""Legal deadlines, working days and quiet hours."""

from __future__ import annotations

import csv
import uuid
from datetime import date, datetime, timedelta

import pytest

from services.chassis.calendar import OFF, VIETNAM, WORK, Calendar
from services.chassis.calendar.holidays import SHIPPED
from services.chassis.seal import generate_keypair
from services.notifications.deadlines import legal
from services.notifications.deadlines.quiet_hours import QuietHours, not_before
from services.notifications.messages.catalogue import TEMPLATES, Urgency
from services.notifications.settings import Settings

ID = uuid.UUID(int=77)
HOURS = Settings(seal_private_key=generate_keypair().private_key).quiet_hours
QUIET = TEMPLATES["declaration_expiring"]


def calendar() -> Calendar:
    """As this release ships it."""
    with SHIPPED.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["kind"] for row in rows} <= {OFF, WORK}
    return Calendar(frozenset((date.fromisoformat(row["day"]), row["kind"] == WORK) for row in rows))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.mark.rule("N3", "N4")
@pytest.mark.parametrize("route", ["portal", "certificate"])
def test_a_decision_is_told_within_fifteen_minutes_of_the_complete_dossier(route: str) -> None:
    complete = at("2026-11-23T16:55")
    assert legal.deadline(legal.legal_urgency(route), complete, calendar) == at("2026-11-23T17:10")


@pytest.mark.rule("N3")
@pytest.mark.parametrize(
    ("complete", "deadline"),
    [
        ("2026-11-25T10:00", "2026-12-01T00:00"),  # Wednesday: Thursday, Friday, Monday
        ("2026-11-20T23:59", "2026-11-27T00:00"),  # Friday: Monday, Wednesday (24 November is a holiday), Thursday
        ("2026-04-24T09:00", "2026-05-05T00:00"),  # Friday: Tuesday, Wednesday, Monday (27 and 30 April, 1 May are holidays)
        ("2026-02-13T09:00", "2026-02-26T00:00"),  # Friday before Tết: Monday the 23rd, 24th, 25th
        ("2025-12-31T09:00", "2026-01-08T00:00"),  # 1 and 2 January off: 5th, 6th, 7th
        ("2026-01-08T09:00", "2026-01-13T00:00"),  # Thursday: Friday, Saturday the 10th is worked, Monday
    ],
)
def test_a_paper_form_at_a_counter_has_three_working_days(complete: str, deadline: str) -> None:
    assert legal.deadline(legal.legal_urgency("counter"), at(complete), calendar) == at(deadline)


@pytest.mark.rule("N3", "I12")
@pytest.mark.parametrize(("route", "filing"), [("portal", "post"), ("guardian", "electronic")])
def test_what_came_by_post_or_from_a_guardian_has_three_working_days(route: str, filing: str) -> None:
    complete = at("2026-11-25T10:00")
    assert legal.deadline(legal.legal_urgency(route, filing), complete, calendar) == at("2026-12-01T00:00")


def test_a_working_day_is_counted_by_vietnams_clock() -> None:
    late_in_london = datetime.fromisoformat("2026-11-25T18:30:00+00:00")  # Thursday 01:30 in Hà Nội
    assert legal.deadline(Urgency.THREE_WORKING_DAYS, late_in_london, calendar) == at("2026-12-02T00:00")


@pytest.mark.parametrize("urgency", [Urgency.AT_ONCE, Urgency.DAYTIME, Urgency.OTP])
def test_what_no_law_sets_has_no_deadline(urgency: Urgency) -> None:
    assert legal.deadline(urgency, at("2026-11-23T10:00"), calendar) is None


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-01-02", False),
        ("2026-01-10", True),
        ("2026-01-09", True),
        ("2026-01-11", False),
        ("2026-08-22", True),
        ("2026-08-31", False),
        ("2026-09-02", False),
        ("2026-11-21", False),
        ("2026-11-23", True),
    ],
)
def test_offices_work_on(day: str, works: bool) -> None:
    assert calendar().is_working_day(date.fromisoformat(day)) is works


@pytest.mark.rule("N10")
@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-11-23T21:00", "2026-11-24T07:00"),
        ("2026-11-23T23:59", "2026-11-24T07:00"),
        ("2026-11-24T00:00", "2026-11-24T07:00"),
        ("2026-11-24T06:59", "2026-11-24T07:00"),
        ("2026-12-31T22:00", "2027-01-01T07:00"),
    ],
)
def test_at_night_a_reminder_waits_for_the_morning(now: str, morning: str) -> None:
    waits = not_before(HOURS, QUIET, "sms", ID, at(now))
    assert waits is not None
    assert timedelta() <= waits - at(morning) < timedelta(minutes=30)


@pytest.mark.rule("N10")
@pytest.mark.parametrize("now", ["2026-11-24T07:00", "2026-11-24T12:00", "2026-11-24T20:59"])
def test_by_day_a_reminder_goes_at_once(now: str) -> None:
    assert not_before(HOURS, QUIET, "sms", ID, at(now)) is None


@pytest.mark.rule("N10")
def test_what_waited_for_the_morning_is_spread_over_half_an_hour() -> None:
    starts = {not_before(HOURS, QUIET, "sms", uuid.uuid4(), at("2026-11-23T22:00")) for _ in range(500)}
    assert len(starts) > 300


@pytest.mark.rule("N10")
def test_quiet_hours_are_those_of_vietnam_and_of_sms() -> None:
    in_utc = datetime.fromisoformat("2026-11-23T15:00:00+00:00")  # 22:00 in Hà Nội
    assert not_before(HOURS, QUIET, "sms", ID, in_utc) is not None
    assert not_before(HOURS, QUIET, "email", ID, in_utc) is None


@pytest.mark.rule("N3", "N6", "N7", "N10")
def test_what_the_law_hurries_or_somebody_waits_for_keeps_no_quiet_hours() -> None:
    night = at("2026-11-24T02:00")
    awake = {t.name for t in TEMPLATES.values() if not_before(HOURS, t, "sms", ID, night) is None}
    assert awake >= {"account_activated", "child_activated", "declaration_rejected", "otp", "password_changed", "new_device"}
    assert {t.name for t in TEMPLATES.values()} - awake == {
        "declaration_expiring",
        "declaration_extended",
        "declaration_unfinished",
        "pictures_awaited",
        "declaration_expired",
        "declaration_superseded",
        "password_expiring",
        "identity_questioned",
        "complaint_question",
        "complaint_answered",
        "complaint_late",
        "visit_requested",
    }


@pytest.mark.rule("N10")
@pytest.mark.parametrize(
    ("hours", "now", "end"),
    [
        ((21, 7), "2026-11-23T20:59", None),
        ((22, 6), "2026-11-23T21:30", None),
        ((22, 6), "2026-11-23T23:30", "2026-11-24T06:00"),
        ((1, 5), "2026-11-23T00:30", None),
        ((1, 5), "2026-11-23T03:00", "2026-11-23T05:00"),
        ((1, 5), "2026-11-23T05:00", None),
        ((0, 0), "2026-11-23T00:00", None),
        ((7, 7), "2026-11-23T03:00", None),
    ],
)
def test_quiet_hours_may_be_set_and_left_out(hours: tuple[int, int], now: str, end: str | None) -> None:
    assert QuietHours(*hours).end(at(now)) == (at(end) if end else None)
