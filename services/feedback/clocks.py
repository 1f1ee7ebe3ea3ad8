"""The clocks of a complaint (F7): how many working days each step has, and which moments follow.

Days are working days of Vietnam's offices; a day ends at midnight of Vietnam's time (Civil Code 2015, articles 147 and 148).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from services.feedback.categories import DAYS, Category


@dataclass(frozen=True)
class Terms:
    """The days of one complaint's clocks, kept with it: a setting changed later moves no clock that runs."""

    acknowledge_days: int = 1
    #: Decree 20/2008 art. 9
    route_days: int = 5
    answer_days: int = 15
    #: a reminder goes out so many days before the answer is due; 0: none
    warn_days: int = 3
    #: after the director has heard, so many days after it was due, the board hears, and then the IT centre
    board_days: int = 2
    centre_days: int = 5
    #: the longest that a complaint waits for its citizen
    wait_days: int = 5
    #: calendar days in which the citizen may reopen (F8)
    reopen_days: int = 10
    coordination_days: int = 5

    def of_category(self, category: Category) -> Self:
        """These days, but those of the category where it has its own. No step is due after one that comes later."""
        own = {name: getattr(category, name) for name in DAYS}
        made = asdict(self) | {name: days for name, days in own.items() if days is not None}
        made["route_days"] = min(made["route_days"], made["answer_days"])
        made["acknowledge_days"] = min(made["acknowledge_days"], made["route_days"])
        made["centre_days"] = max(made["centre_days"], made["board_days"])
        return type(self)(**made)

    def as_dict(self) -> dict[str, Any]:
        """As the row keeps it."""
        return asdict(self)

    @classmethod
    def kept(cls, row: dict[str, Any]) -> Self:
        """What `as_dict` wrote, now or in an earlier release."""
        names = {field.name for field in fields(cls)}
        return cls(**{name: days for name, days in row.items() if name in names})
