"""Maintain the dated corrections of the calendar: feedback owns the list that every service counts working days by (W1).

`vss holidays import` changes it, and each change is told to the other services as `calendar_changed`, with the whole list.
A date that people were told is never moved by a correction: due dates are worked out once, when their clock starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple, TextIO

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock
from services.chassis.bus.outbox import record
from services.chassis.calendar import OFF, WORK, Correction, holidays_in, replace_corrections
from services.chassis.text import csv_lists
from services.chassis.text.folding import has_control_characters
from services.feedback.holidays.facts import CALENDAR, CalendarChanged
from services.feedback.schema import Base

COLUMNS: Final = ("day", "kind", "why")
_LONGEST_WHY = 200
_YEARS = range(2000, 2100)


class CalendarRevision(Base):
    """The one row that counts the changes of the calendar, so that readers can tell which list is the latest."""

    __tablename__ = "calendar_revision"

    calendar: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int]


class Changes(NamedTuple):
    """How many corrections an import has added, changed and removed."""

    added: int
    changed: int
    removed: int


def put(
    session: Session, corrections: Iterable[Correction], *, remove_others: bool = False, tell_anyway: bool = False
) -> Changes:
    """Store corrections under their days and tell the new list if anything has changed; return how many have.

    :param remove_others: remove every correction that is not given.
    :param tell_anyway: tell the list even if it is as before, for a service that was not there when it was told.
    """
    before = {each.day: each for each in holidays_in(session)}
    given = {each.day: each for each in corrections}
    after = given if remove_others else before | given
    changes = Changes(
        added=len(after.keys() - before.keys()),
        changed=sum(before[day] != after[day] for day in before.keys() & after.keys()),
        removed=len(before.keys() - after.keys()),
    )
    if any(changes):
        replace_corrections(session, after.values())
    if any(changes) or tell_anyway:
        _tell(session)
    return changes


def read_csv(file: TextIO) -> list[Correction]:
    """Read corrections from CSV (UTF-8; day as 2026-01-31, kind off or work, why).

    :raises BadList: with every fault, if there is one.
    """
    return csv_lists.read(file, COLUMNS, _correction, key="day")


def write_csv(corrections: Iterable[Correction]) -> str:
    """Write the CSV that `read_csv` takes back."""
    return csv_lists.write(COLUMNS, (each._asdict() | {"day": each.day.isoformat()} for each in corrections))


def _tell(session: Session) -> None:
    bump = sa.update(CalendarRevision).values(revision=CalendarRevision.revision + 1).returning(CalendarRevision.revision)
    # the row's lock lets imports that run at the same time tell their lists one after the other
    revision = session.execute(bump).scalar_one()
    fact = CalendarChanged(
        calendar=CALENDAR, corrections=[each._asdict() for each in holidays_in(session)], changed_at=clock.now()
    )
    record(session, fact, revision=revision, correlation_id=CALENDAR)


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
