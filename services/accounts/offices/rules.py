"""The offices that rights of staff may name (V11): those of Form 01's list, read from the same CSV.

The 34 provincial offices come with the migrations; `vss staff offices import FILE.csv` adds the rest. An office is closed, never deleted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Final, TextIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.database.lists import merge
from services.chassis.text import csv_cells, csv_lists
from services.chassis.text.csv_files import Sheet
from services.chassis.text.csv_lists import Rows

COLUMNS: Final = ("code", "name", "province_code")

table = sa.Table(
    "offices",
    sa.MetaData(),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("province_code", sa.Text, nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
)

_CODE = re.compile(r"[0-9A-Z][0-9A-Z-]{1,9}")


@dataclass(frozen=True)
class Office:
    """One office of a province."""

    code: str
    name: str
    province_code: str


def find(session: Session, code: str) -> Office | None:
    """Return the open office of that code."""
    query = sa.select(*(table.c[name] for name in COLUMNS)).where(table.c.open, table.c.code == code)
    row = session.execute(query).one_or_none()
    return Office(*row) if row else None


def are_in(session: Session, province: str) -> bool:
    """Tell whether a province has an open office."""
    return bool(session.scalar(sa.select(sa.exists().where(table.c.open, table.c.province_code == province))))


def write_csv(session: Session) -> str:
    """Write the open offices as CSV for `read_csv`."""
    query = sa.select(*(table.c[name] for name in COLUMNS)).where(table.c.open).order_by(table.c.code)
    return csv_lists.write(COLUMNS, (dict(row) for row in session.execute(query).mappings()))


def read_csv(file: TextIO | Sheet) -> Rows[Office]:
    """Read offices from CSV (`COLUMNS` in any order; further columns, as registration's list has them, are ignored).

    :raises BadList: with every fault, if there is one.
    """
    return csv_lists.read(file, COLUMNS, _office, key="code")


def store(session: Session, offices: Iterable[Office], *, close_others: bool = False) -> dict[str, list[str]]:
    """Store the offices under their codes; return the codes ``added``, ``changed`` and ``closed``.

    :param close_others: also close every office that is not among them. Staff keep theirs until somebody changes it.
    """
    return merge(session, table, {each.code: asdict(each) for each in offices}, close_others=close_others)


def _office(cells: Mapping[str, str]) -> Office:
    csv_cells.digits(cells, "province_code", 2)
    csv_cells.code(cells, "code", _CODE, "2 to 10 digits, capital letters or hyphens")
    csv_cells.below(cells, "code", "province_code")
    if not cells["name"]:
        raise ValueError("name: missing")
    return Office(**{name: cells[name] for name in COLUMNS})
