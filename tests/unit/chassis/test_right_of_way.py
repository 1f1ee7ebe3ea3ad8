"""The public feed waits for internal facts, and never for ever."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from services.chassis.bus import right_of_way
from services.chassis.bus.right_of_way import RightOfWay


class Time:
    """Time that passes only while somebody waits; what is to happen meanwhile happens when it is due."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.due: list[tuple[float, Callable[[], None]]] = []
        self.stopped = False

    def monotonic(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        """What the relay's event does, in no time."""
        self.now += 0 if self.stopped else seconds
        for at, happen in [each for each in self.due if each[0] <= self.now]:
            self.due.remove((at, happen))
            happen()
        return self.stopped

    def seconds_of(self, way: RightOfWay) -> float:
        began = self.now
        way.give(self)
        return round(self.now - began, 3)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    monkeypatch.setattr(right_of_way, "time", time)
    return time


def test_nobody_waits_while_no_internal_facts_leave(time: Time) -> None:
    assert time.seconds_of(RightOfWay()) == 0


def test_while_internal_facts_leave_each_batch_of_the_public_feed_waits_a_second_and_then_goes(time: Time) -> None:
    way = RightOfWay()
    way.take()
    assert [time.seconds_of(way), time.seconds_of(way)] == [1.0, 1.0]


def test_the_public_feed_goes_on_a_moment_after_the_last_internal_fact(time: Time) -> None:
    way = RightOfWay()
    way.take()
    time.due.append((1000.4, way.release))
    assert 0.4 < time.seconds_of(way) <= 0.6


def test_a_break_between_two_batches_is_no_reason_to_go(time: Time) -> None:
    way = RightOfWay()
    way.take()
    time.due += [(1000.4, way.release), (1000.45, way.take)]
    assert time.seconds_of(way) == 1.0


def test_nobody_waits_for_a_relay_that_took_nothing(time: Time) -> None:
    way = RightOfWay()
    way.release()
    assert time.seconds_of(way) == 0


def test_a_relay_that_stops_waits_for_nothing(time: Time) -> None:
    way = RightOfWay()
    way.take()
    time.stopped = True
    assert time.seconds_of(way) == 0
