"""When a share moves: ten points away from a road that fails or is slow, ten points back towards rest when all is well (decision 49).

The design is that of GOV.UK Notify: small steps, never two within a minute, and a way back that tries a road again by itself, since nobody
else finds out that it is well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

ERRORS, SLOW, REST, OPERATOR = "errors", "slow", "rest", "operator"

STEP = 10
#: so few SMS say nothing about a road
_FEWEST = 20


@dataclass(frozen=True, slots=True)
class Pace:
    """How far back errors and slow SMS are counted, how long a share rests between two shifts, and how often somebody looks."""

    errors_within: timedelta = timedelta(seconds=60)
    slow_within: timedelta = timedelta(minutes=5)
    between_shifts: timedelta = timedelta(seconds=60)
    between_steps_back: timedelta = timedelta(minutes=5)
    look_every: timedelta = timedelta(seconds=5)


USUAL = Pace()


class Standing(NamedTuple):
    """A road's share now and at rest, in points of a hundred."""

    share: int
    rest: int


class Figures(NamedTuple):
    """What a road did: errors within a minute; within five, how many SMS it is known of whether they were slow, and how many were."""

    errors: int = 0
    known: int = 0
    slow: int = 0


class Move(NamedTuple):
    """The new shares, and why."""

    shares: dict[str, int]
    why: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """`most_errors`: above these a road is bad; `slow_percent`: from this share of slow SMS on."""

    most_errors: int
    slow_percent: int
    pace: Pace = USUAL

    def fault(self, figures: Figures) -> str | None:
        """Return why a road with these figures is bad; None if it is not."""
        if figures.errors > self.most_errors:
            return ERRORS
        if figures.known >= _FEWEST and figures.slow * 100 >= self.slow_percent * figures.known:
            return SLOW
        return None


def next_move(
    roads: Mapping[str, Standing], figures: Mapping[str, Figures], bounds: Bounds, since_last: timedelta | None
) -> Move | None:
    """Return how the shares are to change now; None if they are to stay.

    Where every road is bad nothing moves: none is better than the other, and their own retries and look-ups go on.

    :param since_last: how long ago a share was changed last; None: never.
    """
    faults = {name: bounds.fault(figures.get(name, Figures())) for name in roads}
    well = [name for name in roads if faults[name] is None]
    if not well:
        return None
    worst = max(
        (name for name in roads if faults[name] and roads[name].share > 0), key=lambda name: roads[name].share, default=None
    )
    if worst is not None:
        if since_last is not None and since_last < bounds.pace.between_shifts:
            return None
        # to the one that has most of it at rest
        taker = max(well, key=lambda name: roads[name].rest)
        return Move(_moved(roads, worst, taker, min(STEP, roads[worst].share)), faults[worst] or ERRORS)
    if since_last is not None and since_last < bounds.pace.between_steps_back:
        return None
    return _step_back(roads, well)


def _step_back(roads: Mapping[str, Standing], well: list[str]) -> Move | None:
    """Return a step towards rest, which tries a road again that had lost its share; never towards one that is still bad."""
    short = {name: roads[name].rest - roads[name].share for name in well if roads[name].rest > roads[name].share}
    over = {name: each.share - each.rest for name, each in roads.items() if each.share > each.rest}
    if not short or not over:
        return None
    taker, giver = max(short, key=lambda name: short[name]), max(over, key=lambda name: over[name])
    return Move(_moved(roads, giver, taker, min(STEP, short[taker], over[giver])), REST)


def _moved(roads: Mapping[str, Standing], giver: str, taker: str, points: int) -> dict[str, int]:
    shares = {name: each.share for name, each in roads.items()}
    shares[giver] -= points
    shares[taker] += points
    return shares
