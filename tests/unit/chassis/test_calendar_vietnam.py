"""The date in Vietnam."""

from datetime import UTC, date, datetime

import time_machine

from services.chassis.calendar import day_in_vietnam, today_in_vietnam


def test_today_is_the_day_in_vietnam():
    with time_machine.travel(datetime(2026, 11, 21, 18, 0, tzinfo=UTC), tick=False):
        assert today_in_vietnam() == date(2026, 11, 22)


def test_a_new_day_begins_at_midnight_in_vietnam():
    assert day_in_vietnam(datetime(2026, 11, 21, 16, 59, tzinfo=UTC)) == date(2026, 11, 21)
    assert day_in_vietnam(datetime(2026, 11, 21, 17, 0, tzinfo=UTC)) == date(2026, 11, 22)
