"""Tokens of a machine whose clock is not ours (inputs 39): when one was issued is no reason to refuse it."""

from __future__ import annotations

import time

import pytest
from prometheus_client import REGISTRY

from services.chassis import clock
from services.chassis.web import auth
from services.chassis.web.tokens import Ahead
from tests.stand.tokens import KEY, OTHER, token, verifier


def counted(service: str) -> float:
    return REGISTRY.get_sample_value("vss_tokens_ahead_total", {"service": service}) or 0.0


@pytest.mark.parametrize("seconds", [31, 31.5, 600, 86_400])
def test_a_token_from_the_future_is_good_and_counted(seconds: float) -> None:
    check, before = verifier(on_ahead=Ahead("desk")), counted("desk")
    now = time.time()
    assert check(token(iat=now + seconds, exp=now + seconds + 900)).id == "a-1"
    assert counted("desk") == before + 1


@pytest.mark.parametrize("seconds", [-600, 0, 29, None])
def test_a_token_of_now_or_before_is_not_counted(seconds: float | None) -> None:
    check, before = verifier(on_ahead=Ahead("desk")), counted("desk")
    assert check(token(iat=None if seconds is None else time.time() + seconds)).id == "a-1"
    assert counted("desk") == before


def test_a_stranger_cannot_raise_the_alarm() -> None:
    check, before = verifier(on_ahead=Ahead("desk")), counted("desk")
    for forged in (token(OTHER, iat=time.time() + 3600), token(iat=time.time() + 3600, aud="other")):
        with pytest.raises(auth.InvalidToken):
            check(forged)
    assert counted("desk") == before


@pytest.mark.parametrize(
    ("name", "seconds", "good"), [("exp", -29, True), ("exp", -31, False), ("nbf", 29, True), ("nbf", 32, False)]
)
def test_end_and_beginning_are_judged_with_half_a_minute(name: str, seconds: int, good: bool) -> None:
    given = token(KEY, **{name: int(clock.now().timestamp()) + seconds})
    if good:
        assert verifier()(given).id == "a-1"
    else:
        with pytest.raises(auth.InvalidToken):
            verifier()(given)
