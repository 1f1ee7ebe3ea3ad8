"""When the office is warned of a legal clock and when it runs out (N11), with working days as the one calendar has them (W1)."""

from datetime import date, datetime

import pytest

from services.chassis.calendar import VIETNAM, Calendar
from services.verification.deadlines.terms import Terms
from services.verification.settings import Settings


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def moments(complete: str, route: str, filing: str, terms: Terms, calendar: Calendar) -> tuple[datetime, datetime]:
    due_at = terms.due_at(at(complete), route, filing, lambda: calendar)
    return terms.warn_at(at(complete), due_at, route, filing, lambda: calendar), due_at


@pytest.mark.rule("N11", "N3")
@pytest.mark.parametrize(("share", "warned"), [(0.5, "2026-11-23T17:02:30"), (0.8, "2026-11-23T17:07")])
def test_of_fifteen_minutes_the_office_is_warned_when_a_part_is_over_at_any_hour(share: float, warned: str) -> None:
    terms = Settings(due_soon_share=share).terms
    assert moments("2026-11-23T16:55", "portal", "counter", terms, Calendar()) == (at(warned), at("2026-11-23T17:10"))


@pytest.mark.rule("N11", "N3", "I12")
@pytest.mark.parametrize(
    ("complete", "route", "filing", "days", "warned", "due"),
    [
        # Wednesday: Thursday, Friday, Monday
        ("2026-11-25T10:00", "counter", "counter", 1, "2026-11-30T08:00", "2026-12-01T00:00"),
        ("2026-11-25T10:00", "portal", "post", 1, "2026-11-30T08:00", "2026-12-01T00:00"),
        ("2026-11-25T10:00", "guardian", "electronic", 2, "2026-11-27T08:00", "2026-12-01T00:00"),
        # Friday before Tết: Monday the 23rd, 24th, 25th
        ("2026-02-13T09:00", "counter", "counter", 1, "2026-02-25T08:00", "2026-02-26T00:00"),
    ],
)
def test_of_three_working_days_it_is_warned_when_the_last_ones_begin(
    complete: str, route: str, filing: str, days: int, warned: str, due: str
) -> None:
    assert moments(complete, route, filing, Settings(due_soon_days=days).terms, Calendar()) == (at(warned), at(due))


@pytest.mark.rule("W1")
def test_a_day_off_of_the_list_is_not_counted() -> None:
    storm = Calendar(frozenset({(date(2026, 11, 27), False)}))
    assert moments("2026-11-25T10:00", "counter", "counter", Settings().terms, storm)[1] == at("2026-12-02T00:00")
