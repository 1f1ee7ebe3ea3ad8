"""How patient a kind of job is, and what of an error is kept."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import InvalidFact, Permanent, Transient
from services.chassis.jobs import JobKind, OutcomeUnknown, RetryAfter, back_off
from services.chassis.jobs.kind import LONGEST_RETRY_AFTER_SECONDS, describe

seconds = st.floats(min_value=0.001, max_value=1e6)


def kind(**options: Any) -> JobKind:
    return JobKind("sms", lambda _: None, lambda *_: None, lambda *_: None, **options)


@given(failures=st.integers(min_value=-3, max_value=10**9), first=seconds, longest=seconds)
def test_a_back_off_stays_between_nothing_and_its_ceiling(failures: int, first: float, longest: float) -> None:
    delay = back_off(failures, first, longest)

    assert 0 <= delay <= longest
    if failures <= 40:
        assert delay <= first * 2 ** (max(failures, 1) - 1)


def test_a_back_off_is_spread_over_its_whole_range() -> None:
    delays = [back_off(5, 1.0, 3600.0) for _ in range(2_000)]

    assert min(delays) < 1
    assert max(delays) > 15
    assert 7 < sum(delays) / len(delays) < 9


@given(attempt=st.integers(min_value=1, max_value=10_000))
def test_no_attempt_waits_longer_than_the_longest_delay(attempt: int) -> None:
    assert 0 <= kind(first_delay_seconds=2, longest_delay_seconds=60).delay_seconds(attempt, Transient("x")) <= 60


@given(after=st.floats(min_value=0.001, allow_nan=False), attempt=st.integers(min_value=1, max_value=50))
def test_a_provider_that_says_how_long_is_not_asked_earlier_nor_parked_for_ever(after: float, attempt: int) -> None:
    delay = kind().delay_seconds(attempt, RetryAfter("busy", after_seconds=after))

    asked = min(after, LONGEST_RETRY_AFTER_SECONDS)
    assert asked <= delay <= asked * 1.1 + 1e-9


@pytest.mark.parametrize("nonsense", [float("nan"), -5, 0, None, "soon"])
def test_a_provider_that_talks_nonsense_gets_the_ordinary_back_off(nonsense: object) -> None:
    error = RetryAfter("busy", after_seconds=nonsense)  # type: ignore[arg-type]  # nonsense on purpose

    assert 0 <= kind(first_delay_seconds=2).delay_seconds(1, error) <= 2


def test_an_adapter_s_own_class_can_ask_for_a_delay() -> None:
    class Throttled(Transient):
        after_seconds = 40.0

    assert 40 <= kind().delay_seconds(1, Throttled("slow down")) <= 44


@pytest.mark.parametrize(
    "options",
    [
        {"max_attempts": 0},
        {"concurrency": 0},
        {"first_delay_seconds": 0},
        {"lease_seconds": -1},
        {"timeout_seconds": 0},
        {"first_delay_seconds": 10, "longest_delay_seconds": 5},
    ],
)
def test_numbers_that_make_no_sense_are_refused_by_name(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=f"sms: .*{next(reversed(options))}"):
        kind(**options)


@pytest.mark.parametrize("name", ["", "Sms", "send sms", "9sms", "sms-now"])
def test_a_kind_s_name_is_lower_snake_case(name: str) -> None:
    with pytest.raises(ValueError, match="lower_snake_case"):
        JobKind(name, lambda _: None, lambda *_: None, lambda *_: None)


def test_of_our_own_errors_the_text_is_kept() -> None:
    assert describe(Permanent("number not in use (30005)")) == "Permanent: number not in use (30005)"
    assert describe(OutcomeUnknown("no answer within 10 s")) == "OutcomeUnknown: no answer within 10 s"
    assert describe(InvalidFact("x.v1", {"phone": ["too long"]})) == "InvalidFact: x.v1: phone: too long"


def test_of_foreign_errors_only_the_class_is_kept() -> None:
    class Vendor(Exception):  # noqa: N818
        pass

    assert describe(ValueError("0983847986 is no number")) == "ValueError"
    assert describe(Vendor("Nguyễn Thành Biên")).endswith(".Vendor")
    assert "Nguy" not in describe(Vendor("Nguyễn Thành Biên"))


def test_personal_data_that_an_adapter_put_into_a_text_is_masked() -> None:
    kept = describe(Permanent("no route to +84983847986 or bien@example.vn"))

    assert "983847986" not in kept
    assert "bien@" not in kept


def test_an_endless_text_is_cut() -> None:
    assert len(describe(Permanent("x" * 10_000))) <= 300
