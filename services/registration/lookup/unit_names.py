"""Dated names of administrative units, laid over the library's data (W3, decision 51).

A resolution gives a unit another name or rank from a day on; the library follows with a release, or never. The lines that were known when
this release was made come with a migration (data/unit_names.csv); `vss units import FILE.csv` adds and corrects them without a release.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any, Final, NamedTuple, TextIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.text import csv_cells, csv_lists
from services.chassis.text.csv_files import Sheet
from services.chassis.text.csv_lists import BadList, Fault, Rows
from services.chassis.text.places import RANKS, rank_of
from services.registration.lookup.maps import MAPS, units_of

COLUMNS: Final = ("map", "code", "valid_from", "valid_until", "name", "state", "source")
#: what a line rests on: the gazette itself, which somebody has read, or what others say of it
GAZETTE, REPORTED = "gazette", "reported"
STATES: Final = (GAZETTE, REPORTED)
_LONGEST = 300

table = sa.Table(
    "unit_names",
    sa.MetaData(),
    sa.Column("map", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("valid_from", sa.Date, primary_key=True),
    sa.Column("valid_until", sa.Date),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
)
_ROWS = sa.select(*(table.c[name] for name in COLUMNS)).order_by(table.c.map, table.c.code, table.c.valid_from)


class DatedName(NamedTuple):
    """The name of a unit from a day on; ``valid_until``: its last day, None until further notice."""

    map: str
    code: str
    valid_from: date
    valid_until: date | None
    name: str
    state: str
    source: str

    def holds_on(self, day: date) -> bool:
        """Tell whether it is the unit's name on a day."""
        return self.valid_from <= day <= (self.valid_until or date.max)

    def overlaps(self, other: DatedName) -> bool:
        """Tell whether both hold on some day for the same unit."""
        ends = self.valid_until or date.max, other.valid_until or date.max
        return self[:2] == other[:2] and self.valid_from <= ends[1] and other.valid_from <= ends[0]


def names_on(session: Session, map_: str, day: date) -> dict[str, str]:
    """Return the names that differ from the library's on a day, by code."""
    query = sa.select(table.c.code, table.c.name).where(_holds(sa.literal(map_), sa.literal(day)))
    return {row.code: row.name for row in session.execute(query)}


def name_on(map_: sa.ColumnElement[str], code: sa.ColumnElement[str], day: sa.ColumnElement[date]) -> sa.ScalarSelect[Any]:
    """Return the part of a query that yields a unit's name on a day; null where it is the library's."""
    return sa.select(table.c.name).where(_holds(map_, day), table.c.code == code).scalar_subquery()


def _holds(map_: sa.ColumnElement[str], day: sa.ColumnElement[date]) -> sa.ColumnElement[bool]:
    ends = sa.or_(table.c.valid_until.is_(None), table.c.valid_until >= day)
    return sa.and_(table.c.map == map_, table.c.valid_from <= day, ends)


def list_all(session: Session) -> list[DatedName]:
    """Return all lines, by map, code and day."""
    return [DatedName(*row) for row in session.execute(_ROWS)]


def read_csv(file: TextIO | Sheet) -> Rows[DatedName]:
    """Read lines from CSV (`COLUMNS` in any order).

    :raises BadList: with every fault, if there is one.
    """
    return csv_lists.read(file, COLUMNS, _line, key=("map", "code", "valid_from"))


def write_csv(names: Iterable[DatedName]) -> str:
    """Write CSV for `read_csv`."""
    return csv_lists.write(COLUMNS, (_cells(each) for each in names))


def put(session: Session, names: Iterable[DatedName], *, remove_others: bool = False) -> dict[str, int]:
    """Store lines under unit and first day; return how many were ``added``, ``changed`` and ``removed``.

    Addresses that were filed keep the name of their day.

    :param remove_others: remove every line that is not given.
    :raises BadList: if a unit would have two names on one day.
    """
    before = {each[:3]: each for each in list_all(session)}
    given = {each[:3]: each for each in names}
    after = given if remove_others else before | given
    if faults := _two_names(sorted(after.values())):
        raise BadList(faults)
    session.execute(sa.delete(table))
    if after:
        session.execute(sa.insert(table), [each._asdict() for each in after.values()])
    return {
        "added": len(after.keys() - before.keys()),
        "changed": sum(before[key] != after[key] for key in before.keys() & after.keys()),
        "removed": len(before.keys() - after.keys()),
    }


def _two_names(names: list[DatedName]) -> list[Fault]:
    return [
        Fault.of(later, f"valid_from: {later.code} already has the name {earlier.name} on {later.valid_from}")
        for earlier, later in pairwise(names)
        if earlier.overlaps(later)
    ]


def _line(cells: Mapping[str, str]) -> DatedName:
    if cells["map"] not in MAPS:
        raise ValueError(f"map: expected {' or '.join(MAPS)}")
    if cells["code"] not in units_of(cells["map"]):
        lost = f"; {cells['code'].zfill(2)}?" if len(cells["code"]) == 1 else ""
        raise ValueError(f"code: no unit of that map has it{lost}; a name can be given to units that the library has")
    valid_from = csv_cells.day(cells, "valid_from")
    valid_until = csv_cells.day(cells, "valid_until") if cells["valid_until"] else None
    if valid_until is not None and valid_until < valid_from:
        raise ValueError("valid_until: lies before valid_from")
    if rank_of(cells["name"]) is None or len(cells["name"]) > _LONGEST:
        raise ValueError(f"name: expected the rank first ({', '.join(RANKS)}), as in Thành phố Đồng Nai")
    if cells["state"] not in STATES:
        raise ValueError(f"state: expected {GAZETTE} (somebody has read it there) or {REPORTED}")
    if not cells["source"] or len(cells["source"]) > _LONGEST:
        raise ValueError("source: expected the resolution, and where it was read")
    return DatedName(cells["map"], cells["code"], valid_from, valid_until, *(cells[name] for name in COLUMNS[4:]))


def _cells(name: DatedName) -> dict[str, Any]:
    until = name.valid_until.isoformat() if name.valid_until else ""
    return name._asdict() | {"valid_from": name.valid_from.isoformat(), "valid_until": until}
