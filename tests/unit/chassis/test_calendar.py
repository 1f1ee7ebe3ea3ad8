"""The one calendar that legal clocks count by: working days of Vietnam's offices, with dated corrections (W1)."""

from datetime import UTC, date, datetime, time, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.calendar import OFF, VIETNAM, WORK, Calendar

_FIRST, _LAST = date(2021, 1, 1), date(2030, 12, 31)
_DAYS = st.dates(_FIRST, _LAST)
_MOVED = st.dictionaries(_DAYS, st.sampled_from([OFF, WORK]), max_size=20)


def corrected(moved: dict[date, str]) -> Calendar:
    return Calendar(frozenset((day, kind == WORK) for day, kind in moved.items()))


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


def naive(day: date, moved: dict[date, str]) -> bool:
    """As a clerk with a wall calendar would say."""
    if day in moved:
        return moved[day] == WORK
    return _RULE.is_working_day(day)


_RULE = holidays.country_holidays("VN")


@pytest.mark.rule("W1")
@given(start=_DAYS, count=st.integers(0, 700), moved=_MOVED)
def test_counting_forwards_agrees_with_a_walk_day_by_day_over_ten_years(
    start: date, count: int, moved: dict[date, str]
) -> None:
    day, left = start, count
    while left:
        day += timedelta(days=1)
        left -= naive(day, moved)
    assert corrected(moved).after(start, count) == day


@pytest.mark.rule("W1")
@given(start=_DAYS, end=_DAYS, moved=_MOVED)
def test_counting_between_two_days_agrees_with_a_walk_day_by_day_over_ten_years(
    start: date, end: date, moved: dict[date, str]
) -> None:
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    assert corrected(moved).count(start, end) == sum(naive(day, moved) for day in days)


@pytest.mark.rule("W1")
def test_every_day_of_ten_years_is_worked_or_not_as_the_library_and_the_table_say() -> None:
    moved = {date(2026, 1, 2): OFF, date(2026, 1, 10): WORK}
    calendar = corrected(moved)
    days = [_FIRST + timedelta(days=n) for n in range((_LAST - _FIRST).days + 1)]
    assert [day for day in days if calendar.is_working_day(day) != naive(day, moved)] == []


@given(start=_DAYS, count=st.integers(1, 60), moved=_MOVED)
def test_counting_forwards_and_between_undo_each_other(start: date, count: int, moved: dict[date, str]) -> None:
    calendar = corrected(moved)
    assert calendar.count(start, calendar.after(start, count)) == count


@given(start=st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31)), count=st.integers(1, 30))  # noqa: DTZ001
def test_a_deadline_never_lies_before_its_start_and_more_days_are_never_sooner(start: datetime, count: int) -> None:
    begun = start.replace(tzinfo=UTC)
    calendar = Calendar()
    assert begun < calendar.deadline(begun, count) < calendar.deadline(begun, count + 1)


@pytest.mark.rule("W1")
def test_the_day_of_the_event_is_not_counted_and_the_last_day_ends_at_midnight_in_vietnam() -> None:
    monday_evening_in_vietnam = datetime(2026, 3, 2, 16, 59, tzinfo=UTC)
    tuesday_there_already = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
    assert Calendar().deadline(monday_evening_in_vietnam, 1) == midnight(date(2026, 3, 4))
    assert Calendar().deadline(tuesday_there_already, 1) == midnight(date(2026, 3, 5))


@pytest.mark.rule("W1")
def test_a_weekend_and_tet_are_not_counted() -> None:
    friday_before_tet = datetime(2026, 2, 13, 9, 0, tzinfo=VIETNAM)
    # Tết 2026: Monday 16 to Friday 20 February
    assert Calendar().deadline(friday_before_tet, 1) == midnight(date(2026, 2, 24))
    assert Calendar().deadline(friday_before_tet, 5) == midnight(date(2026, 2, 28))


@pytest.mark.rule("W1")
def test_a_dated_correction_wins_over_the_library() -> None:
    swapped = corrected({date(2026, 1, 2): OFF, date(2026, 1, 10): WORK})
    assert Calendar().is_working_day(date(2026, 1, 2))
    assert not swapped.is_working_day(date(2026, 1, 2))
    assert swapped.is_working_day(date(2026, 1, 10)), "a Saturday that is worked"
    assert swapped.after(date(2026, 1, 8), 2) == date(2026, 1, 10)


def test_a_postponed_deadline_counts_on_from_its_last_day() -> None:
    calendar = Calendar()
    friday = midnight(date(2026, 3, 7))  # the end of Friday the 6th
    assert calendar.postpone(friday, 1) == midnight(date(2026, 3, 10))
    assert calendar.postpone(friday, 0) == friday


def test_the_warning_comes_when_the_last_days_begin() -> None:
    calendar = Calendar()
    monday = midnight(date(2026, 3, 10))  # the end of Monday the 9th
    assert calendar.warning(monday, 1) == midnight(date(2026, 3, 9))
    assert calendar.warning(monday, 2) == midnight(date(2026, 3, 6)), "the Friday before"


def test_days_are_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        Calendar().after(date(2026, 3, 2), -1)
