"""Count declarations in the database: one statement per figure, each on an index of its own (R1).

A declaration is filed when it was submitted, received when the person came, and ended when it was approved (the account is opened,
adjusted or stopped), rejected, expired or withdrawn. So in every period, for every group: carried over + filed = ended + open.
An answer is in time if it came before its legal clock ran out; what was decided before registration kept the clocks is `untimed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.reports.moments import WeekOf, monday, within
from services.chassis.reports.period import Period
from services.registration.declarations.rules import Declaration
from services.registration.reports.counted import DAYS, MINUTES

APPROVED: Final = ("activated", "adjusted", "stopped")
REJECTED, EXPIRED, WITHDRAWN = "rejected", "expired", "withdrawn"

#: province, office, channel, kind
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Scope:
    """Which declarations to count; None: every province, office, channel, kind."""

    province: str | None = None
    office: str | None = None
    channel: str | None = None
    kind: str | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Return the conditions for ``where``."""
        wanted = (self.province, self.office, self.channel, self.kind)
        return [column == value for column, value in zip(_GROUP, wanted, strict=True) if value is not None]


@dataclass
class Figures:
    """The figures of a group of declarations in a period."""

    filed: int = 0
    received: int = 0
    approved: int = 0
    rejected: int = 0
    expired: int = 0
    withdrawn: int = 0
    #: answers (approved or rejected) by clock
    minutes_in_time: int = 0
    minutes_late: int = 0
    days_in_time: int = 0
    days_late: int = 0
    #: not ended when the period ended
    open: int = 0

    @classmethod
    def total(cls, counted: Iterable[Figures]) -> Figures:
        """Add up figures."""
        # column by column, because a year's report adds up thousands
        return cls(*map(sum, zip(*(vars(each).values() for each in counted), strict=True)))

    @property
    def ended(self) -> int:
        """Return how many ended in the period, one way or another."""
        return self.approved + self.rejected + self.expired + self.withdrawn

    @property
    def carried_over(self) -> int:
        """Return how many were open when the period began: what is open or has ended, without what was filed."""
        return self.open + self.ended - self.filed

    @property
    def untimed(self) -> int:
        """Return how many answers have no known clock."""
        timed = self.minutes_in_time + self.minutes_late + self.days_in_time + self.days_late
        return self.approved + self.rejected - timed

    @property
    def minutes_percent(self) -> float | None:
        """Return the percentage answered within 15 minutes, of those with that clock."""
        return _percent(self.minutes_in_time, self.minutes_late)

    @property
    def days_percent(self) -> float | None:
        """Return the percentage answered within 3 working days, of those with that clock."""
        return _percent(self.days_in_time, self.days_late)


_GROUP = (Declaration.province_code, Declaration.office_code, Declaration.channel, Declaration.kind)
_FILED = Declaration.submitted_at.is_not(None)
_IN_TIME = Declaration.ended_at < Declaration.due_at


def _constant(value: str) -> Any:
    # literal, so that one prepared statement uses the partial index
    return sa.literal(value, sa.Text(), literal_execute=True)


def _sum(*conditions: Any) -> Any:
    return sa.func.sum(sa.case((sa.and_(*conditions), 1), else_=0))


_APPROVED = Declaration.status.in_([_constant(status) for status in APPROVED])
_ANSWERED = sa.or_(_APPROVED, Declaration.status == _constant(REJECTED))
_ENDINGS = (
    _sum(_APPROVED),
    *(_sum(Declaration.status == _constant(status)) for status in (REJECTED, EXPIRED, WITHDRAWN)),
    *(
        _sum(_ANSWERED, Declaration.legal_clock == _constant(clock), in_time)
        for clock in (MINUTES, DAYS)
        for in_time in (_IN_TIME, sa.not_(_IN_TIME))
    ),
)


def count(session: Session, period: Period, scope: Scope) -> dict[Key, Figures]:
    """Count by province, office, channel and kind; groups without declarations are left out."""
    found: dict[Key, Figures] = {}

    def rows(columns: Sequence[Any], *where: Any) -> Iterable[tuple[Figures, Any]]:
        query = sa.select(*_GROUP, *columns).where(_FILED, *where, *scope.conditions()).group_by(*_GROUP)
        for row in session.execute(query):
            key = (row[0] or "", row[1] or "", row[2], row[3])
            yield found.setdefault(key, Figures()), row

    for figures, row in rows([sa.func.count()], *within(Declaration.submitted_at, period.begin, period.end)):
        figures.filed = row[4]
    for figures, row in rows([sa.func.count()], *within(Declaration.received_at, period.begin, period.end)):
        figures.received = row[4]
    for figures, row in rows(_ENDINGS, *within(Declaration.ended_at, period.begin, period.end)):
        _put_endings(figures, row[4:])
    # two ranges, each of an index of its own; as a single condition with OR the whole table would be read
    for still in (Declaration.ended_at.is_(None), Declaration.ended_at >= period.end):
        for figures, row in rows([sa.func.count()], Declaration.submitted_at < period.end, still):
            figures.open += row[4]
    return found


def count_weeks(session: Session, period: Period, scope: Scope) -> dict[date, Figures]:
    """Count by the Monday of each week: filed, received, ended and how."""
    found: dict[date, Figures] = {}

    def rows(moment: Any, *columns: Any) -> Iterable[tuple[Figures, Any]]:
        week = WeekOf(moment).label("week")
        where = (_FILED, *within(moment, period.begin, period.end), *scope.conditions())
        for row in session.execute(sa.select(week, *columns).where(*where).group_by(week)):
            yield found.setdefault(monday(row[0]), Figures()), row

    for figures, row in rows(Declaration.submitted_at, sa.func.count()):
        figures.filed = row[1]
    for figures, row in rows(Declaration.received_at, sa.func.count()):
        figures.received = row[1]
    for figures, row in rows(Declaration.ended_at, *_ENDINGS):
        _put_endings(figures, row[1:])
    return found


def count_reasons(session: Session, period: Period, scope: Scope) -> dict[str, int]:
    """Count the rejections by reason; an empty code: before registration kept them."""
    query = (
        sa.select(Declaration.reason_code, sa.func.count())
        .where(_FILED, Declaration.status == _constant(REJECTED), *within(Declaration.ended_at, period.begin, period.end))
        .where(*scope.conditions())
        .group_by(Declaration.reason_code)
    )
    return {code or "": number for code, number in session.execute(query)}


def count_open(session: Session, moment: datetime, scope: Scope) -> int:
    """Count the declarations open at a given time."""
    parts = [
        sa.select(sa.func.count()).where(_FILED, Declaration.submitted_at < moment, still, *scope.conditions())
        for still in (Declaration.ended_at.is_(None), Declaration.ended_at >= moment)
    ]
    return sum(session.scalar(part) or 0 for part in parts)


def _put_endings(figures: Figures, counted: Sequence[int]) -> None:
    figures.approved, figures.rejected, figures.expired, figures.withdrawn = counted[:4]
    figures.minutes_in_time, figures.minutes_late, figures.days_in_time, figures.days_late = counted[4:]


def _percent(in_time: int, late: int) -> float | None:
    return round(100 * in_time / (in_time + late), 1) if in_time + late else None
