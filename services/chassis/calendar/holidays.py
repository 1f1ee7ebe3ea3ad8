"""Dated corrections of the calendar: days off and substitute working days, each with the decision behind it (W1).

One service owns the list and publishes its changes; each service keeps a copy in its table ``holidays``, which its migrations
create and fill with `SHIPPED`. A due date is computed once, when its clock starts, so a later correction never moves it.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.calendar.working_days import Calendar

OFF: Final = "off"
WORK: Final = "work"
#: CSV of the corrections known when this release was made: day, kind, why
SHIPPED: Final = Path(__file__).with_name("holidays.csv")

table = sa.Table(
    "holidays",
    sa.MetaData(),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
)
#: one row in a service that follows the list: the revision that its copy was made of
holiday_list = sa.Table("holiday_list", sa.MetaData(), sa.Column("revision", sa.Integer, nullable=False))
_COLUMNS = (table.c.day, table.c.kind, table.c.why)
_CORRECTIONS = sa.select(table.c.day, table.c.kind)


class Correction(NamedTuple):
    """One day that differs from the library's rule. ``kind``: `OFF` or `WORK`; ``why``: the decision that says so."""

    day: date
    kind: str
    why: str


def calendar_of(session: Session) -> Calendar:
    """Return the calendar as this service's database has it now."""
    return Calendar(frozenset((day, kind == WORK) for day, kind in session.execute(_CORRECTIONS)))


def holidays_in(session: Session, year: int | None = None) -> list[Correction]:
    """Return all corrections, or those of one year, by date."""
    query = sa.select(*_COLUMNS).order_by(table.c.day)
    if year is not None:
        query = query.where(table.c.day.between(date(year, 1, 1), date(year, 12, 31)))
    return [Correction(*row) for row in session.execute(query)]


def replace_corrections(session: Session, corrections: Iterable[Correction]) -> None:
    """Replace the whole list, as a service does when it hears of a change."""
    session.execute(sa.delete(table))
    rows = [each._asdict() for each in corrections]
    if rows:
        session.execute(sa.insert(table), rows)


def follow_list(session: Session, corrections: Iterable[Correction], *, revision: int) -> bool:
    """Make the copy equal to that revision of the list, unless it is as new already. Return whether it was replaced.

    Facts may arrive out of order, so an older list must not undo a newer one.
    """
    # one statement: of two lists handled at once the second waits for the row, and is judged by what the first left
    newer = sa.update(holiday_list).where(holiday_list.c.revision < revision).values(revision=revision)
    if session.scalar(newer.returning(holiday_list.c.revision)) is None:
        return False
    replace_corrections(session, corrections)
    return True
