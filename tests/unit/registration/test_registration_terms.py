"""The ten days (I6), against a count made day by day on real calendars."""

from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.chassis.calendar import VIETNAM, Calendar
from services.registration.settings import Settings

TERMS = Settings().terms
_FIRST, _LAST = date(2021, 1, 1), date(2030, 12, 31)
_DAYS = st.dates(_FIRST, _LAST)
_RULE = holidays.country_holidays("VN")
#: days that the Government moves, or a storm takes: True for a day worked instead
_MOVED = st.dictionaries(_DAYS, st.booleans(), max_size=20)


def tear_off(confirmed: datetime, moved: dict[date, bool]) -> date:
    """Count as a clerk with a tear-off calendar does: ten leaves after today's, then on until the office is open."""
    leaves = iter(date.fromordinal(n) for n in range((confirmed + timedelta(hours=7)).date().toordinal(), 10**6))
    next(leaves)  # the day of confirmation is not counted
    for _ in range(10):
        day = next(leaves)
    while not moved.get(day, _RULE.is_working_day(day)):
        day = next(leaves)
    return day


@pytest.mark.rule("I6", "W1")
@given(
    confirmed=st.datetimes(datetime(2021, 1, 1), datetime(2030, 12, 31)),  # noqa: DTZ001  # made aware below
    moved=_MOVED,
)
@example(confirmed=datetime(2027, 1, 28, 3), moved={})  # noqa: DTZ001
@example(confirmed=datetime(2027, 1, 31, 16, 59), moved={date(2027, 2, 11): False})  # noqa: DTZ001
def test_the_last_day_agrees_with_a_count_day_by_day_over_ten_years(confirmed: datetime, moved: dict[date, bool]) -> None:
    confirmed = confirmed.replace(tzinfo=UTC)
    term = TERMS.begin(Calendar(frozenset(moved.items())), confirmed, about="x")
    assert term.last_day == tear_off(confirmed.replace(tzinfo=None), moved)


@pytest.mark.rule("I6", "W1")
def test_every_day_of_ten_years_agrees_with_a_count_day_by_day() -> None:
    calendar, days = Calendar(), (_LAST - _FIRST).days + 1
    noons = [datetime(2021, 1, 1, 5, tzinfo=UTC) + timedelta(days=n) for n in range(days)]
    wrong = [
        noon for noon in noons if TERMS.begin(calendar, noon, about="x").last_day != tear_off(noon.replace(tzinfo=None), {})
    ]
    assert wrong == []


@pytest.mark.rule("I6")
@pytest.mark.parametrize(
    ("confirmed", "last_day"),
    [
        (datetime(2026, 11, 30, 10, 11, tzinfo=VIETNAM), date(2026, 12, 10)),
        (datetime(2026, 11, 30, 0, 0, tzinfo=VIETNAM), date(2026, 12, 10)),
        (datetime(2026, 11, 30, 23, 59, 59, tzinfo=VIETNAM), date(2026, 12, 10)),
        # the tenth day is a Saturday
        (datetime(2026, 12, 2, 9, 0, tzinfo=VIETNAM), date(2026, 12, 14)),
        # the tenth day is a Sunday in Tết, 4 to 10 February
        (datetime(2027, 1, 28, 10, 0, tzinfo=VIETNAM), date(2027, 2, 11)),
    ],
)
def test_the_last_day_ends_at_24_00_in_vietnam(confirmed: datetime, last_day: date) -> None:
    term = TERMS.begin(Calendar(), confirmed, about="x")
    midnight = datetime(last_day.year, last_day.month, last_day.day, tzinfo=VIETNAM) + timedelta(days=1)
    assert (term.last_day, term.expires_at) == (last_day, midnight)


@pytest.mark.rule("I6")
@given(
    confirmed=st.datetimes(datetime(2021, 1, 1), datetime(2030, 12, 31)),  # noqa: DTZ001  # made aware below
    about=st.text(min_size=1, max_size=20),
    moved=_MOVED,
)
def test_the_warning_comes_by_day_two_working_days_before_the_last(
    confirmed: datetime, about: str, moved: dict[date, bool]
) -> None:
    calendar = Calendar(frozenset(moved.items()))
    term = TERMS.begin(calendar, confirmed.replace(tzinfo=UTC), about=about)
    assert term.warn_at is not None
    warned = term.warn_at.astimezone(VIETNAM)
    assert calendar.count(warned.date(), term.last_day) == 2
    assert calendar.is_working_day(warned.date())
    assert 8 <= warned.hour < 17


@pytest.mark.rule("I6")
@given(about=st.text(min_size=1, max_size=20))
def test_it_is_closed_only_after_its_end_and_in_the_same_night(about: str) -> None:
    term = TERMS.begin(Calendar(), datetime(2026, 11, 30, 3, 11, tzinfo=UTC), about=about)
    assert timedelta(minutes=15) <= term.close_at - term.expires_at < timedelta(hours=7)


def test_endings_and_warnings_of_one_day_are_spread_evenly() -> None:
    calendar, confirmed = Calendar(), datetime(2026, 11, 30, 3, 11, tzinfo=UTC)
    terms = [TERMS.begin(calendar, confirmed, about=f"261130-{n:06}-0") for n in range(6000)]
    closing = [(term.close_at - term.expires_at - timedelta(minutes=15)) // timedelta(hours=1) for term in terms]
    warning = [term.warn_at.astimezone(VIETNAM).hour for term in terms if term.warn_at]
    assert all(800 < closing.count(hour) < 1200 for hour in range(6))
    assert all(550 < warning.count(hour) < 800 for hour in range(8, 17))


def test_no_warning_and_no_spread_are_settings() -> None:
    term = Settings(expiry_days=3, expiry_warning_days=0, expiry_spread_hours=0).terms.begin(
        Calendar(), datetime(2026, 11, 30, 3, 11, tzinfo=UTC), about="x"
    )
    assert (term.last_day, term.warn_at, term.close_at) == (date(2026, 12, 3), None, term.expires_at)
