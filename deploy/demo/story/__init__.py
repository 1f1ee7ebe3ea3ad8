"""The chapters, in the order in which they are played."""

from __future__ import annotations

from collections.abc import Callable

from deploy.demo.cast import Scene
from deploy.demo.story import adult, child, complaint, expired, late, outage, rejected, second_factor, unknown_code

Chapter = Callable[[Scene], None]

#: the clock is moved in the last two
CHAPTERS: tuple[Chapter, ...] = (
    adult.play,
    child.play,
    rejected.play,
    unknown_code.play,
    second_factor.play,
    outage.play,
    complaint.play,
    expired.play,
    late.play,
)
