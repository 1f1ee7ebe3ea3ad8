"""The rules for alarms, evaluated by promtool over recorded series."""

import pytest

from tests.operations.alarms import Recorder

_SECONDS = 300


def record(ages: list[float]) -> Recorder:
    """The age of registration's oldest fact, second by second."""
    recorder = Recorder({})
    for second, age in enumerate(ages):
        recorder.add("vss_outbox_age_seconds", {"service": "registration"}, second, age)
        recorder.add("up", {"job": "vss", "instance": "registration"}, second, 1)
    return recorder


def test_facts_that_wait_for_minutes_raise_the_alarm_and_not_before_two_minutes() -> None:
    recorder = record([float(second) for second in range(_SECONDS)])
    assert not recorder.fires("FactsDoNotLeave", at=100)
    assert recorder.fires("FactsDoNotLeave", at=200)


def test_facts_that_leave_raise_none() -> None:
    recorder = record([second % 50 for second in range(_SECONDS)])
    assert not recorder.fires("FactsDoNotLeave", at=_SECONDS - 1)
    assert not recorder.fires("ServiceGone", at=_SECONDS - 1)


def test_an_alarm_that_there_is_not_is_a_mistake() -> None:
    with pytest.raises(LookupError, match="NoSuchAlarm"):
        record([0.0]).fires("NoSuchAlarm", at=0)
