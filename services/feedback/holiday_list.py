"""Dated corrections of the calendar: days off, and days that are worked instead (see working_days.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple, TextIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.text import csv_lists as lists
from services.chassis.text.folding import has_control_characters
from services.feedback.working_days import OFF, WORK, table

COLUMNS: Final = ("day", "kind", "why")
_LONGEST_WHY = 200
_YEARS = range(2000, 2100)


class Correction(NamedTuple):
    """One day that differs from the library's rule, and by which decision."""

    day: date
    kind: str
    why: str


def every(session: Session, year: int | None = None) -> list[Correction]:
    """All corrections, or those of one year, by date."""
    query = sa.select(*(table.c[name] for name in COLUMNS)).order_by(table.c.day)
    if year is not None:
        query = query.where(table.c.day.between(date(year, 1, 1), date(year, 12, 31)))
    return [Correction(*row) for row in session.execute(query)]


def read_csv(file: TextIO) -> list[Correction]:
    """The corrections of a CSV file (UTF-8; day as 2026-01-31, kind off or work, why).

    :raises BadList: with every fault, if there is one.
    """
    return lists.read(file, COLUMNS, _correction, key="day")


def write_csv(corrections: Iterable[Correction]) -> str:
    """The CSV that `read_csv` takes back."""
    rows: list[dict[str, Any]] = [each._asdict() | {"day": each.day.isoformat()} for each in corrections]
    return lists.write(COLUMNS, rows)


def put(session: Session, corrections: Iterable[Correction], *, remove_others: bool = False) -> tuple[int, int, int]:
    """Write corrections down; returns how many were added, changed and removed. Clocks that run keep their dates."""
    kept = {each.day: each for each in every(session)}
    added = changed = 0
    days = set()
    for each in corrections:
        days.add(each.day)
        before = kept.get(each.day)
        if before is None:
            session.execute(sa.insert(table).values(each._asdict()))
            added += 1
        elif before != each:
            session.execute(sa.update(table).where(table.c.day == each.day).values(each._asdict()))
            changed += 1
    gone = [day for day in kept if day not in days] if remove_others else []
    if gone:
        session.execute(sa.delete(table).where(table.c.day.in_(gone)))
    return added, changed, len(gone)


def _correction(cells: Mapping[str, str]) -> Correction:
    try:
        day = date.fromisoformat(cells["day"])
    except ValueError:
        raise ValueError("day: a date such as 2026-01-31 is expected") from None
    if len(cells["day"]) != len("2026-01-31") or day.year not in _YEARS:
        raise ValueError("day: a date such as 2026-01-31 is expected")
    if cells["kind"] not in (OFF, WORK):
        raise ValueError(f"kind: {OFF} or {WORK} is expected")
    if not cells["why"] or len(cells["why"]) > _LONGEST_WHY or has_control_characters(cells["why"]):
        raise ValueError("why: the decision that says so is expected, in one line")
    return Correction(day, cells["kind"], cells["why"])
