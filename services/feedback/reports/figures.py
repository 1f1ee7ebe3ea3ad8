"""Count complaints in the database: one statement per figure, each using an index on its own time column.

A complaint is settled when it has been answered; a reopened one is open again, and counts as settled in the period of its
latest answer. So in every period, for every group: carried over + received = settled + open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.reports.moments import Seconds, WeekOf, monday, within
from services.chassis.reports.period import Period
from services.feedback.complaints.history import Step
from services.feedback.complaints.rules import Complaint

#: the kinds of steps counted; the same as in the condition of migration 0002's index
STEPS: Final = ("reopened", "recategorised", "reminded", "overdue")
_COUNTED = Step.kind.in_([sa.literal(kind, sa.Text(), literal_execute=True) for kind in STEPS])

#: province, board, category
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Scope:
    """Which complaints to count; None: every province, board, category. ``categories``: any of these codes."""

    province: str | None = None
    board: str | None = None
    categories: tuple[str, ...] | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Return the conditions for ``where``."""
        found: list[sa.ColumnElement[bool]] = []
        if self.province is not None:
            found.append(Complaint.province_code == self.province)
        if self.board is not None:
            found.append(Complaint.board_code == self.board)
        if self.categories is not None:
            found.append(Complaint.category_code.in_(self.categories))
        return found


@dataclass
class Figures:
    """The figures of a group of complaints in a period."""

    #: open when the period began
    carried_over: int = 0
    received: int = 0
    settled_in_time: int = 0
    settled_late: int = 0
    #: open when the period ended, or now if it has not
    open_in_time: int = 0
    open_late: int = 0
    reopened: int = 0
    recategorised: int = 0
    #: reminders of boards (F5)
    reminded: int = 0
    #: times that a late step was escalated (F7)
    overdue: int = 0
    #: times that a director insisted on words that send the citizen to another office (F4)
    insisted: int = 0
    rated: int = 0
    rating_sum: int = 0
    #: days from receipt to answer, of those settled
    answer_seconds: float = 0.0

    @classmethod
    def total(cls, counted: Iterable[Figures]) -> Figures:
        """Add up figures."""
        # column by column, because a year's report adds up thousands
        return cls(*map(sum, zip(*(vars(each).values() for each in counted), strict=True)))

    @property
    def settled(self) -> int:
        """Return how many were answered in the period."""
        return self.settled_in_time + self.settled_late

    @property
    def open(self) -> int:
        """Return how many were not answered at the end of the period."""
        return self.open_in_time + self.open_late

    @property
    def in_time_percent(self) -> float | None:
        """Return the percentage settled in time, of those settled."""
        return round(100 * self.settled_in_time / self.settled, 1) if self.settled else None

    @property
    def rating(self) -> float | None:
        """Return the mean of the ratings given in the period, 1 to 5."""
        return round(self.rating_sum / self.rated, 2) if self.rated else None

    @property
    def answer_days(self) -> float | None:
        """Return the mean calendar days from receipt to answer, of those settled."""
        return round(self.answer_seconds / self.settled / 86_400, 1) if self.settled else None


_ALWAYS = sa.true()
_GROUP = (Complaint.province_code, Complaint.board_code, Complaint.category_code)
_IN_TIME = sa.func.sum(sa.case((Complaint.answered_at < Complaint.answer_due, 1), else_=0))
_TAKEN = sa.func.sum(Seconds(Complaint.received_at, Complaint.answered_at))


def count(session: Session, period: Period, scope: Scope, now: datetime) -> dict[Key, Figures]:
    """Count by province, board and category; groups without complaints are left out."""
    found: dict[Key, Figures] = {}

    def of(row: Any) -> Figures:
        return found.setdefault((row[0], row[1], row[2]), Figures())

    def rows(columns: Sequence[Any], *where: Any, join: bool = False) -> Sequence[Any]:
        query = sa.select(*_GROUP, *columns).where(*where, *scope.conditions()).group_by(*_GROUP)
        if join:
            query = query.join_from(Step, Complaint, Complaint.complaint_no == Step.complaint_no)
        return session.execute(query).all()

    begin, end = period.begin, period.end
    for row in rows([sa.func.count()], *within(Complaint.received_at, begin, end)):
        of(row).received = row[3]
    for row in _open_at(session, begin, scope, due_until=begin):
        of(row).carried_over = row[3]
    for row in rows([sa.func.count(), _IN_TIME, _TAKEN], *within(Complaint.answered_at, begin, end)):
        figures = of(row)
        figures.settled_in_time, figures.settled_late, figures.answer_seconds = row[4], row[3] - row[4], row[5]
    for row in _open_at(session, end, scope, due_until=min(end, now)):
        figures = of(row)
        figures.open_late, figures.open_in_time = row[4], row[3] - row[4]
    for row in rows([sa.func.count(), sa.func.sum(Complaint.rating)], *within(Complaint.rated_at, begin, end)):
        figures = of(row)
        figures.rated, figures.rating_sum = row[3], row[4]
    steps = [sa.func.sum(sa.case((Step.kind == kind, 1), else_=0)) for kind in STEPS]
    for row in rows(steps, *within(Step.at, begin, end), _COUNTED, join=True):
        figures = of(row)
        figures.reopened, figures.recategorised, figures.reminded, figures.overdue = row[3:]
    insisted = Step.kind == sa.literal("insisted", sa.Text(), literal_execute=True)
    for row in rows([sa.func.count()], *within(Step.at, begin, end), insisted, join=True):
        of(row).insisted = row[3]
    return found


def count_weeks(session: Session, period: Period, scope: Scope) -> dict[date, Figures]:
    """Count by the Monday of each week: received, settled, reopened, rated."""
    found: dict[date, Figures] = {}

    def rows(moment: Any, *columns: Any, join: bool = False, where: Any = _ALWAYS) -> Sequence[Any]:
        week = WeekOf(moment).label("week")
        query = sa.select(week, *columns).where(*within(moment, period.begin, period.end), where, *scope.conditions())
        if join:
            query = query.join_from(Step, Complaint, Complaint.complaint_no == Step.complaint_no)
        return session.execute(query.group_by(week)).all()

    def of(row: Any) -> Figures:
        return found.setdefault(monday(row[0]), Figures())

    for row in rows(Complaint.received_at, sa.func.count()):
        of(row).received = row[1]
    for row in rows(Complaint.answered_at, sa.func.count(), _IN_TIME, _TAKEN):
        figures = of(row)
        figures.settled_in_time, figures.settled_late, figures.answer_seconds = row[2], row[1] - row[2], row[3]
    for row in rows(Complaint.rated_at, sa.func.count(), sa.func.sum(Complaint.rating)):
        figures = of(row)
        figures.rated, figures.rating_sum = row[1], row[2]
    reopened = Step.kind == sa.literal("reopened", sa.Text(), literal_execute=True)
    for row in rows(Step.at, sa.func.count(), join=True, where=reopened):
        of(row).reopened = row[1]
    return found


def open_at(session: Session, moment: datetime, scope: Scope) -> int:
    """Count the complaints open at a given time."""
    return sum(row[3] for row in _open_at(session, moment, scope, due_until=moment))


def _open_at(session: Session, moment: datetime, scope: Scope, *, due_until: datetime) -> Sequence[Any]:
    """Count by group the complaints open at ``moment``, and how many of them were due by ``due_until``."""
    # two ranges of one index; as a single condition with OR the whole index would be read
    parts = [
        sa.select(*_GROUP, Complaint.answer_due).where(Complaint.received_at < moment, still, *scope.conditions())
        for still in (Complaint.answered_at.is_(None), Complaint.answered_at >= moment)
    ]
    union = sa.union_all(*parts).subquery()
    group = (union.c.province_code, union.c.board_code, union.c.category_code)
    late = sa.func.sum(sa.case((union.c.answer_due <= due_until, 1), else_=0))
    return session.execute(sa.select(*group, sa.func.count(), late).group_by(*group)).all()
