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


def test_a_binding_that_is_missing_raises_the_alarm_after_three_minutes_and_one_that_comes_back_does_not() -> None:
    recorder = Recorder({})
    for second in range(0, 900, 15):
        for kind, faults in (("binding", 1 if second >= 300 else 0), ("queue", 1 if 300 <= second < 360 else 0)):
            recorder.add("vss_topology_faults", {"kind": kind}, second, faults)
            recorder.add("vss_topology_compared", {"kind": kind}, second, 1)
        recorder.add("vss_topology_checked_timestamp_seconds", {}, second, second)
    assert not recorder.fires("TopologyDiffers", at=450)
    assert recorder.fires("TopologyDiffers", at=500)
    assert not recorder.fires("TopologyNotCompared", at=890)


@pytest.mark.parametrize("compared", [0, None])
def test_what_nobody_could_compare_raises_an_alarm_too(compared: int | None) -> None:
    recorder = Recorder({})
    for second in range(0, 1500, 15):
        recorder.add("up", {"job": "vss", "instance": "registration"}, second, 1)
        if compared is not None:
            recorder.add("vss_topology_compared", {"kind": "binding"}, second, compared)
    assert not recorder.fires("TopologyDiffers", at=1400)
    assert not recorder.fires("TopologyNotCompared", at=500)
    assert recorder.fires("TopologyNotCompared", at=700)


def test_one_forged_fact_raises_the_alarm_at_once_and_another_parked_message_does_not() -> None:
    for reason, fires in (("forged", True), ("invalid", False)):
        recorder = Recorder({})
        for second in range(0, _SECONDS * 3, 15):
            # a counter is there from its first count on
            if second >= _SECONDS * 2:
                recorder.add("vss_parked_total", {"service": "accounts", "reason": reason}, second, 1)
            recorder.add("up", {"job": "vss", "instance": "accounts"}, second, 1)
        assert recorder.fires("ForgedFact", at=_SECONDS * 2 + 45) == fires


def test_an_alarm_that_there_is_not_is_a_mistake() -> None:
    with pytest.raises(LookupError, match="NoSuchAlarm"):
        record([0.0]).fires("NoSuchAlarm", at=0)
