"""Build a report (F6) as plain data: figures by province, board, category and week, with names.

`figures` counts in the database; `files` and `charts` render the report; `rules` makes the weekly and monthly ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.calendar import VIETNAM
from services.chassis.reports import period
from services.chassis.reports.period import Period
from services.feedback.categories import tree
from services.feedback.categories.boards import BOARDS
from services.feedback.directory import responsible
from services.feedback.reports import figures
from services.feedback.reports.figures import Figures, Key, Scope

#: the figures of every group, in the order of the tables
FIGURES: Final = (
    *("carried_over", "received", "settled", "settled_in_time", "settled_late", "in_time_percent", "answer_days"),
    *("open", "open_in_time", "open_late", "reopened", "recategorised", "reminded", "overdue", "insisted"),
    *("rated", "rating"),
)
#: the figures of every week; the others cannot be known afterwards
WEEK_FIGURES: Final = (
    *("received", "settled", "settled_in_time", "settled_late", "in_time_percent", "answer_days"),
    *("open", "reopened", "rated", "rating"),
)
#: the groups of a report, and the columns that identify a line of each
GROUPS: Final = {
    "provinces": ("code", "name"),
    "boards": ("code", "name"),
    "categories": ("code", "name", "parent", "board"),
    "weeks": ("week", "from", "to"),
}


def build(
    session: Session, asked: Period, scope: Scope | None = None, *, kind: str | None = None, weeks_before: int = 0
) -> dict[str, Any]:
    """Return the report on a period.

    :param scope: which complaints; by default all.
    :param kind: weekly or monthly, for its title.
    :param weeks_before: how many weeks before the period the weeks begin.
    """
    scope = scope or Scope()
    now = clock.now()
    counted = figures.count(session, asked, scope, now)
    categories = tree.list_all(session, closed=True)
    directors = responsible.list_all(session, responsible.PROVINCE)
    title = period.title_of(kind, asked) if kind else str(asked)
    totals = Figures.total(counted.values())
    first = period.monday_of(asked.first) - timedelta(weeks=weeks_before) if weeks_before else asked.first
    waiting = figures.open_at(session, replace(asked, first=first).begin, scope) if weeks_before else totals.carried_over
    by_week = figures.count_weeks(session, replace(asked, first=first), scope)
    return {
        "period": {
            "kind": kind,
            "name": period.name_of(kind, asked.first) if kind else None,
            "title": title,
            "from": asked.first.isoformat(),
            "to": asked.last.isoformat(),
        },
        "scope": {"province": scope.province, "board": scope.board, "categories": list(scope.categories or ()) or None},
        "made_at": now.astimezone(VIETNAM).isoformat(timespec="seconds"),
        "totals": shown(totals),
        "provinces": _lines(counted, 0, {each.code: {"name": each.office} for each in directors}, every=scope == Scope()),
        "boards": _lines(counted, 1, {code: {"name": name} for code, name in BOARDS.items()}, every=not scope.board),
        "categories": _lines(
            counted, 2, {each.code: {"name": each.name, "parent": each.parent, "board": each.board} for each in categories}
        ),
        "weeks": _weeks(by_week, first, asked.last, waiting),
    }


def shown(counted: Figures) -> dict[str, Any]:
    """Return figures under their names in a report."""
    return {name: getattr(counted, name) for name in FIGURES}


def _lines(
    found: Mapping[Key, Figures], place: int, named: Mapping[str, Mapping[str, Any]], *, every: bool = False
) -> list[dict[str, Any]]:
    """Return a line for each province, board or category that has complaints; with ``every`` for the others too."""
    by_code: dict[str, list[Figures]] = {code: [] for code in named}
    for key, counted in found.items():
        by_code.setdefault(key[place], []).append(counted)
    return [
        {"code": code, **named.get(code, {"name": code}), **shown(Figures.total(each))}
        for code, each in by_code.items()
        if each or every
    ]


def _weeks(by_week: Mapping[date, Figures], first: date, last: date, waiting: int) -> list[dict[str, Any]]:
    """Return a line for each week; ``waiting``: how many were open before the first day."""
    lines = []
    monday = period.monday_of(first)
    while monday <= last:
        counted = by_week.get(monday, Figures())
        waiting += counted.received - counted.settled
        line = {name: getattr(counted, name) for name in WEEK_FIGURES} | {"open": waiting}
        begin, end = max(monday, first), min(monday + timedelta(days=6), last)
        named = {"week": period.week_name(monday), "from": begin.isoformat(), "to": end.isoformat()}
        lines.append(named | line)
        monday += timedelta(weeks=1)
    return lines
