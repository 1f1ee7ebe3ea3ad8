"""The working days that each clock of a complaint allows (F7)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from services.feedback.categories.category import DAYS, Category


@dataclass(frozen=True)
class Terms:
    """The days of one complaint's clocks, stored with it, so that a changed setting does not move running clocks."""

    acknowledge_days: int = 1
    #: Decree 20/2008 art. 9
    route_days: int = 5
    answer_days: int = 15
    #: days before the answer is due when the office is reminded; 0: never
    warn_days: int = 3
    #: days after a missed date when the board, then the IT centre, is notified; the director is notified at once
    board_days: int = 2
    centre_days: int = 5
    #: most days that a complaint waits for its citizen
    wait_days: int = 5
    #: calendar days in which the citizen may reopen (F8)
    reopen_days: int = 10
    coordination_days: int = 5

    def of_category(self, category: Category) -> Self:
        """Return these terms with the category's own days where set. No step is due after a later one."""
        own = {name: getattr(category, name) for name in DAYS}
        terms = asdict(self) | {name: days for name, days in own.items() if days is not None}
        terms["route_days"] = min(terms["route_days"], terms["answer_days"])
        terms["acknowledge_days"] = min(terms["acknowledge_days"], terms["route_days"])
        terms["centre_days"] = max(terms["centre_days"], terms["board_days"])
        return type(self)(**terms)

    def to_json(self) -> dict[str, Any]:
        """Return the terms as the complaint's row stores them."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Return the terms that this or an earlier release stored."""
        names = {field.name for field in fields(cls)}
        return cls(**{name: days for name, days in stored.items() if name in names})
