"""The working days that each clock of a complaint allows (F7), or the hours of an urgent one (F10)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Self

from services.chassis.calendar import Calendar, day_in_vietnam
from services.feedback.categories.category import DAYS, Category

#: each step's part of the hours that an urgent complaint allows for its answer (F10)
_PARTS = {"acknowledge": 0.25, "route": 0.5, "answer": 1.0, "wait": 1.0, "board": 0.25, "centre": 0.5}


@dataclass(frozen=True)
class Terms:
    """The days of one complaint's clocks, stored with it, so that a changed setting does not move running clocks."""

    acknowledge_days: int
    #: Decree 20/2008 art. 9
    route_days: int
    answer_days: int
    #: days before the answer is due when the office is reminded; 0: never
    warn_days: int
    #: days after a missed date when the board, then the IT centre, is notified; the director is notified at once
    board_days: int
    centre_days: int
    #: most days that a complaint waits for its citizen
    wait_days: int
    #: calendar days in which the citizen may reopen (F8)
    reopen_days: int
    coordination_days: int
    #: hours to answer one that cannot wait (F10), by day and night; None: the days above
    hours: int | None = None

    @property
    def urgent(self) -> bool:
        """Tell whether it cannot wait."""
        return self.hours is not None

    def deadline(self, calendar: Calendar, start: datetime, step: str) -> datetime:
        """Return when a step is due whose clock starts then: at the end of a working day; of an urgent complaint, hours later."""
        if self.hours is not None:
            return start + self._hours_of(self.hours, step)
        return calendar.deadline(start, getattr(self, f"{step}_days"))

    def later(self, calendar: Calendar, due: datetime, step: str) -> datetime:
        """Return when the next level hears of a step that was due then (`board`, `centre`)."""
        if self.hours is not None:
            return due + self._hours_of(self.hours, step)
        return calendar.postpone(due, getattr(self, f"{step}_days"))

    def of_category(self, category: Category) -> Self:
        """Return these terms with the category's own days where set. No step is due after a later one."""
        own = {name: getattr(category, name) for name in DAYS}
        terms = asdict(self) | {name: days for name, days in own.items() if days is not None}
        terms["route_days"] = min(terms["route_days"], terms["answer_days"])
        terms["acknowledge_days"] = min(terms["acknowledge_days"], terms["route_days"])
        terms["centre_days"] = max(terms["centre_days"], terms["board_days"])
        return type(self)(**terms)

    def resumed(self, calendar: Calendar, due: datetime, since: datetime, now: datetime) -> datetime:
        """Return a deadline moved by the time waited for the citizen since then; in working days, at most `wait_days`."""
        if self.hours is not None:
            return due + min(now - since, self._hours_of(self.hours, "wait"))
        return calendar.postpone(due, min(calendar.count(day_in_vietnam(since), day_in_vietnam(now)), self.wait_days))

    def in_hours(self, hours: int) -> Self:
        """Return these terms for a complaint that cannot wait (F10)."""
        return replace(self, hours=hours)

    @staticmethod
    def _hours_of(hours: int, step: str) -> timedelta:
        return timedelta(hours=hours * _PARTS[step])

    def to_json(self) -> dict[str, Any]:
        """Return the terms as the complaint's row stores them."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Return the terms that this or an earlier release stored."""
        names = {field.name for field in fields(cls)}
        return cls(**{name: days for name, days in stored.items() if name in names})
