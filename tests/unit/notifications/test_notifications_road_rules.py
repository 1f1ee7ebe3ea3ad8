"""When the share of a road for SMS moves, and when it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.roads.rules import Bounds, Figures, Move, Standing, next_move

pytestmark = pytest.mark.rule("N16")

BOUNDS = Bounds(most_errors=50, slow_percent=15)
HALVES = {"aws": Standing(50, 50), "twilio": Standing(50, 50)}
LONG_AGO, JUST_NOW, A_MINUTE, FIVE = (timedelta(seconds=each) for each in (3600, 5, 60, 300))
WELL = Figures(errors=3, known=1000, slow=20)


@pytest.mark.parametrize(
    ("figures", "why"),
    [
        (Figures(errors=51), "errors"),
        (Figures(errors=50), None),
        (Figures(known=100, slow=15), "slow"),
        (Figures(known=100, slow=14), None),
        # a handful says nothing
        (Figures(known=19, slow=19), None),
        (Figures(known=20, slow=3), "slow"),
    ],
)
def test_ten_points_leave_a_road_that_fails_or_is_slow(figures: Figures, why: str | None) -> None:
    move = next_move(HALVES, {"twilio": figures, "aws": WELL}, BOUNDS, LONG_AGO)
    assert move == (None if why is None else Move({"twilio": 40, "aws": 60}, why))


def test_no_two_shifts_within_a_minute() -> None:
    figures = {"twilio": Figures(errors=400), "aws": WELL}
    assert next_move(HALVES, figures, BOUNDS, JUST_NOW) is None
    assert next_move(HALVES, figures, BOUNDS, A_MINUTE) is not None
    assert next_move(HALVES, figures, BOUNDS, None) is not None


def test_a_dead_road_ends_without_a_share_and_keeps_none() -> None:
    figures, roads = {"twilio": Figures(errors=400), "aws": WELL}, {"twilio": Standing(4, 50), "aws": Standing(96, 50)}
    assert next_move(roads, figures, BOUNDS, LONG_AGO) == Move({"twilio": 0, "aws": 100}, "errors")
    gone = {"twilio": Standing(0, 50), "aws": Standing(100, 50)}
    assert next_move(gone, figures, BOUNDS, LONG_AGO) is None


def test_where_both_are_bad_nothing_moves() -> None:
    assert next_move(HALVES, {"twilio": Figures(errors=99), "aws": Figures(known=50, slow=50)}, BOUNDS, LONG_AGO) is None


def test_every_five_minutes_a_share_goes_ten_points_back_towards_rest_and_no_farther() -> None:
    gone = {"twilio": Standing(0, 50), "aws": Standing(100, 50)}
    assert next_move(gone, {}, BOUNDS, FIVE) == Move({"twilio": 10, "aws": 90}, "rest")
    assert next_move(gone, {}, BOUNDS, A_MINUTE) is None
    near = {"twilio": Standing(46, 50), "aws": Standing(54, 50)}
    assert next_move(near, {}, BOUNDS, FIVE) == Move({"twilio": 50, "aws": 50}, "rest")
    assert next_move(HALVES, {}, BOUNDS, LONG_AGO) is None


def test_a_road_that_is_still_bad_gets_nothing_back() -> None:
    roads = {"twilio": Standing(0, 50), "aws": Standing(100, 50)}
    assert next_move(roads, {"twilio": Figures(known=40, slow=40)}, BOUNDS, LONG_AGO) is None


_FIGURES = st.builds(Figures, st.integers(0, 200), st.integers(0, 500), st.integers(0, 500))


@given(st.integers(0, 100), st.integers(0, 100), st.lists(_FIGURES, min_size=2, max_size=2), st.integers(0, 10_000))
def test_shares_are_always_a_hundred_together_and_never_below_nothing(
    share: int, rest: int, figures: list[Figures], seconds: int
) -> None:
    roads = {"aws": Standing(share, rest), "twilio": Standing(100 - share, 100 - rest)}
    move = next_move(roads, dict(zip(roads, figures, strict=True)), BOUNDS, timedelta(seconds=seconds))
    if move is not None:
        assert sum(move.shares.values()) == 100
        assert min(move.shares.values()) >= 0
        assert max(abs(move.shares[name] - roads[name].share) for name in roads) <= 10
        assert move.shares != {name: each.share for name, each in roads.items()}
