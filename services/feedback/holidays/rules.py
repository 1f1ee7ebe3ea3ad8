"""Maintain the dated corrections of the calendar: feedback owns the list by which all services count working days (W1).

`vss holidays import` changes it, and each change is published as `calendar_changed` with the whole list. A correction never
moves a date already announced: due dates are computed once, when their clock starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TextIO

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock
from services.chassis.bus.outbox import record
from services.chassis.calendar import OFF, WORK, Correction, holidays_in, replace_corrections
from services.chassis.text import csv_cells, csv_lists
from services.chassis.text.csv_files import Sheet
from services.chassis.text.csv_lists import Rows
from services.feedback.holidays.facts import CALENDAR, CalendarChanged
from services.feedback.schema import Base

COLUMNS: Final = ("day", "kind", "why")
_LONGEST_WHY = 200


class CalendarRevision(Base):
    """The one row that counts the changes of the calendar, so that readers can recognise the latest list."""

    __tablename__ = "calendar_revision"

    calendar: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int]


def put(
    session: Session, corrections: Iterable[Correction], *, remove_others: bool = False, tell_anyway: bool = False
) -> dict[str, int]:
    """Store corrections under their days; if the list changes, tell `CalendarChanged`.

    :param remove_others: remove every correction that is not given.
    :param tell_anyway: tell it even if nothing has changed, for a service that was not running at the time.
    :returns: how many were ``added``, ``changed`` and ``removed``.
    """
    latest = session.scalars(sa.select(CalendarRevision).with_for_update()).one()  # locked: imports run one after the other
    before = {each.day: each for each in holidays_in(session)}
    given = {each.day: each for each in corrections}
    after = given if remove_others else before | given
    if after != before:
        replace_corrections(session, after.values())
    if after != before or tell_anyway:
        latest.revision += 1
        fact = CalendarChanged(
            calendar=CALENDAR, corrections=[after[day]._asdict() for day in sorted(after)], changed_at=clock.now()
        )
        record(session, fact, revision=latest.revision, correlation_id=CALENDAR)
    return {
        "added": len(after.keys() - before.keys()),
        "changed": sum(before[day] != after[day] for day in before.keys() & after.keys()),
        "removed": len(before.keys() - after.keys()),
    }


def read_csv(file: TextIO | Sheet) -> Rows[Correction]:
    """Read corrections from CSV (day as 2026-01-31, kind off or work, why).

    :raises BadList: with every fault, if there is one.
    """
    return csv_lists.read(file, COLUMNS, _correction, key="day")


def write_csv(corrections: Iterable[Correction]) -> str:
    """Write CSV for `read_csv`."""
    return csv_lists.write(COLUMNS, (each._asdict() | {"day": each.day.isoformat()} for each in corrections))


def _correction(cells: Mapping[str, str]) -> Correction:
    day = csv_cells.day(cells, "day")
    if cells["kind"] not in (OFF, WORK):
        raise ValueError(f"kind: expected {OFF} or {WORK}")
    if not cells["why"] or len(cells["why"]) > _LONGEST_WHY:
        raise ValueError("why: expected the decision behind it, on one line")
    return Correction(day, cells["kind"], cells["why"])
