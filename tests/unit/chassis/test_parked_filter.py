"""Which parked messages a person means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pika
import pytest

from services.chassis.cli.parked_filter import Filter, duration
from services.chassis.cli.parked_message import Parked, Summary

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def summary(type_: str = "vn.vss.registration.declaration_submitted.v1", **headers: Any) -> Summary:
    properties = pika.BasicProperties(headers={"cloudEvents:type": type_} | headers, message_id="0190-aa")
    return Parked(1, "verification", properties, b"{}").summary()


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("5m", 300), ("1.5h", 5400), ("2d", 172_800), ("1w", 604_800), ("1h30m", 5400)]
)
def test_a_duration_is_written_as_people_say_it(text: str, seconds: float) -> None:
    assert duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "m", "5 m", "-5m", "5y", "1h 30m", "9" * 30 + "w"])
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r"no duration|too long"):
        duration(text)


@pytest.mark.parametrize(
    "wanted",
    ["declaration_submitted", "registration", "declaration_submitted.v1", "vn.vss.registration.declaration_submitted.v1"],
)
def test_a_type_is_named_by_any_of_its_parts(wanted: str) -> None:
    assert Filter(types=[wanted]).fits(summary(), NOW)


@pytest.mark.parametrize("wanted", ["declaration", "submitted", "v", "", "-", "registration.v1"])
def test_half_a_part_names_no_type(wanted: str) -> None:
    assert not Filter(types=[wanted]).fits(summary(), NOW)


def test_a_message_without_a_type_is_named_by_a_dash() -> None:
    assert Filter(types=["-"]).fits(summary(""), NOW)


def test_all_that_is_given_must_fit() -> None:
    message = summary(**{"vss-parked-reason": "invalid", "vss-parked-error": "Email: WRONG"})
    assert Filter(reasons=["invalid", "undecodable"], error="email", ids=["0190"]).fits(message, NOW)
    assert not Filter(reasons=["invalid"], error="phone").fits(message, NOW)
    assert not Filter(reasons=["invalid"], ids=["0191"]).fits(message, NOW)


def test_ages_count_from_the_last_parking() -> None:
    message = summary(
        **{
            "vss-parked-reason": "invalid",
            "vss-first-seen": "2026-11-20T12:00:00+00:00",
            "vss-parked-at": "2026-11-21T11:00:00+00:00",
        }
    )
    assert Filter(older_than=timedelta(minutes=59)).fits(message, NOW)
    assert Filter(newer_than=timedelta(minutes=61)).fits(message, NOW)
    assert not Filter(older_than=timedelta(hours=2)).fits(message, NOW)


def test_a_message_whose_time_is_not_known_has_no_age() -> None:
    message = summary(**{"vss-parked-reason": "invalid", "vss-parked-at": "yesterday"})
    assert not Filter(older_than=timedelta()).fits(message, NOW)
    assert not Filter(newer_than=timedelta(days=9999)).fits(message, NOW)
    assert Filter().fits(message, NOW)
