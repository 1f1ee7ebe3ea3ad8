"""The acts of the trial, and the pace at which they and the shares go."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from services.notifications.roads.rules import USUAL, Pace

#: the road that fails; the other stays well
BAD, GOOD = "aws", "twilio"


@dataclass(frozen=True)
class Act:
    """What befalls one road: well, then bad, then well again, each so many seconds."""

    name: str
    faults: dict[str, Any]
    seconds: tuple[float, float, float]

    def at(self, scale: float) -> Act:
        """Return the act so many times as fast; how long a slow answer takes stays as it is."""
        well, bad, back = self.seconds
        return Act(self.name, self.faults, (well / scale, bad / scale, back / scale))


#: dead: nobody listens. Slow: each answer takes six seconds. A dead road has lost its share after four shifts more, a minute apart
ACTS = (
    Act("dead", {"dead": True}, (30.0, 330.0, 660.0)),
    Act("slow", {"share": 1, "answer_seconds": 6.0}, (30.0, 480.0, 660.0)),
)


def pace_at(scale: float) -> Pace:
    """Return the usual pace of shares, so many times as fast."""
    return Pace(*(each / scale for each in _USUAL))


_USUAL: tuple[timedelta, ...] = (
    USUAL.errors_within,
    USUAL.slow_within,
    USUAL.between_shifts,
    USUAL.between_steps_back,
    USUAL.look_every,
)


@dataclass
class Report:
    """What one act showed. Seconds since its beginning; lateness: from the fact to the arrival on the phone, in seconds.

    `for_a_person`: of how many nobody knows whether the road had taken them when it went away (AWS cannot be asked): held, and sent by no
    other road. `after_the_shift`: codes issued once the first points had moved, until the end. `shares`: the bad road's, each second.
    """

    act: str
    bad_from: float
    bad_until: float
    until: float
    rate: float = 0.0
    sms: int = 0
    codes: int = 0
    arrived: int = 0
    not_arrived: list[str] = field(default_factory=list)
    for_a_person: int = 0
    copies: int = 0
    by_both_roads: int = 0
    first_shift: float | None = None
    lowest_share: int = 50
    last_share: int = 50
    shares: list[tuple[float, int]] = field(default_factory=list)
    shifts: list[tuple[float, str, int, str]] = field(default_factory=list)
    p50_before: float | None = None
    p99_before: float | None = None
    p99_until_the_shift: float | None = None
    p99_after_the_shift: float | None = None
    worst: float | None = None
    #: of codes: when each was issued, and how late it came
    lateness: list[tuple[float, float]] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)
    road_errors: int = 0

    @property
    def good(self) -> bool:
        """The share moved, nothing was lost or came by both roads, and no code was later than ten seconds (p99) after the shift."""
        late = self.p99_after_the_shift
        return (
            self.first_shift is not None
            and late is not None
            and late <= 10.0
            and not self.by_both_roads
            and not self.copies
            and not self.not_arrived
        )
