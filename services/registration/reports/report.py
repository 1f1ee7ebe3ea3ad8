"""Build a progress report (R1) as plain data: figures by province, office, channel, kind and week, and the reasons for rejection.

`figures` counts in the database; `layout` says how it is laid out; `rules` makes the weekly and monthly ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.calendar import VIETNAM, today_in_vietnam
from services.chassis.reports import period, workbook
from services.chassis.reports.period import Period
from services.chassis.reports.tables import CSV_TYPE, as_csv
from services.registration.lookup import offices, units
from services.registration.lookup.maps import MAP_2025
from services.registration.lookup.unit_names import names_on
from services.registration.reports import figures
from services.registration.reports.figures import Figures, Key, Scope
from services.registration.reports.layout import CHANNELS, FIGURES, GROUPS, KINDS, LAYOUT, REASONS, WEEK_FIGURES

_NO_PROVINCE_NAME: Final = "Trực thuộc BHXH Việt Nam"
_UNCOUNTED: Final = "Chưa xếp cơ quan"


def build(
    session: Session, asked: Period, scope: Scope | None = None, *, kind: str | None = None, weeks_before: int = 0
) -> dict[str, Any]:
    """Return the report on a period.

    :param scope: which declarations; by default all.
    :param kind: weekly or monthly, for its title.
    :param weeks_before: how many weeks before the period the weeks begin.
    """
    scope = scope or Scope()
    counted = figures.count(session, asked, scope)
    totals = Figures.total(counted.values())
    first = period.monday_of(asked.first) - timedelta(weeks=weeks_before) if weeks_before else asked.first
    longer = replace(asked, first=first)
    waiting = figures.count_open(session, longer.begin, scope) if weeks_before else totals.carried_over
    by_week = figures.count_weeks(session, longer, scope)
    reasons = figures.count_reasons(session, asked, scope)
    return {
        "period": {
            "kind": kind,
            "name": period.name_of(kind, asked.first) if kind else None,
            "title": period.title_of(kind, asked) if kind else str(asked),
            "from": asked.first.isoformat(),
            "to": asked.last.isoformat(),
        },
        "scope": asdict(scope),
        "made_at": clock.now().astimezone(VIETNAM).isoformat(timespec="seconds"),
        "totals": _shown(totals, FIGURES),
        "provinces": _lines(counted, 0, _provinces(session, asked.last), every=scope == Scope()),
        "offices": _lines(counted, 1, _offices(session)),
        "channels": _lines(counted, 2, _named(CHANNELS), every=scope.channel is None),
        "kinds": _lines(counted, 3, _named(KINDS), every=scope.kind is None),
        "weeks": _weeks(by_week, first, asked.last, waiting),
        "reasons": [
            {"code": code, "name": REASONS.get(code, code), "number": number}
            for code, number in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        ],
    }


def make_files(report: Mapping[str, Any]) -> dict[str, tuple[bytes, str]]:
    """Render all files of a stored report: file name → content and content type. Takes a second: `run_in_subprocess`."""
    files = {"report.xlsx": (make_workbook(report), workbook.CONTENT_TYPE)}
    return files | {f"{table}.csv": (as_csv(report, LAYOUT, table), CSV_TYPE) for table in GROUPS}


def make_workbook(report: Mapping[str, Any]) -> bytes:
    """Return the workbook alone."""
    return workbook.render(report, LAYOUT)


def _shown(counted: Figures, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(counted, name) for name in names}


def _lines(
    found: Mapping[Key, Figures], place: int, named: Mapping[str, Mapping[str, Any]], *, every: bool = False
) -> list[dict[str, Any]]:
    """Return a line for each code that has declarations, in the order of ``named``; with ``every`` for the others too."""
    by_code: dict[str, list[Figures]] = {code: [] for code in named}
    for key, counted in found.items():
        by_code.setdefault(key[place], []).append(counted)
    return [
        {"code": code, **named.get(code, {"name": code or _UNCOUNTED}), **_shown(Figures.total(each), FIGURES)}
        for code, each in by_code.items()
        if each or every
    ]


def _provinces(session: Session, day: date) -> dict[str, dict[str, Any]]:
    """Return the provinces by their names of a day, in Vietnamese order, and VSS itself (W3)."""
    provinces = units.children(MAP_2025, names=names_on(session, MAP_2025, min(day, today_in_vietnam())))
    return _named({unit.code: unit.name for unit in provinces} | {offices.NO_PROVINCE: _NO_PROVINCE_NAME})


def _offices(session: Session) -> dict[str, dict[str, Any]]:
    return {each.code: {"name": each.name, "province": each.province_code} for each in offices.every(session)}


def _named(names: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    return {code: {"name": name} for code, name in names.items()}


def _weeks(by_week: Mapping[date, Figures], first: date, last: date, waiting: int) -> list[dict[str, Any]]:
    """Return a line for each week; ``waiting``: how many were open before the first day."""
    lines = []
    monday = period.monday_of(first)
    while monday <= last:
        counted = by_week.get(monday, Figures())
        waiting += counted.filed - counted.ended
        begin, end = max(monday, first), min(monday + timedelta(days=6), last)
        named = {"week": period.week_name(monday), "from": begin.isoformat(), "to": end.isoformat()}
        lines.append(named | _shown(counted, WEEK_FIGURES) | {"open": waiting})
        monday += timedelta(weeks=1)
    return lines
