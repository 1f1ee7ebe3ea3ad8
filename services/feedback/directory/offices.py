"""Store the offices that receive complaints and may be asked for help (F3, F4).

The 34 provincial offices come with the first migration; `vss complaints offices import FILE.csv` adds the rest (docs/offices.md).
An office is closed, never deleted: a complaint keeps a copy of the one that received it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, TextIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.database.lists import merge
from services.chassis.text import csv_cells, csv_lists
from services.chassis.text.csv_files import Sheet
from services.chassis.text.csv_lists import Rows
from services.feedback.directory import responsible

COLUMNS: Final = ("code", "name", "province_code")

table = sa.Table(
    "offices",
    sa.MetaData(),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("province_code", sa.Text, nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
)

_OPEN = sa.select(*(table.c[name] for name in COLUMNS)).where(table.c.open)
_FIND = _OPEN.where(table.c.code == sa.bindparam("code"))
_CODE = re.compile(r"[0-9A-Z][0-9A-Z-]{1,9}")
_LONGEST = 200
#: offices of no province, such as the customer-care centre: nobody would be accountable for what they received (F3)
_NO_PROVINCE: Final = "00"


@dataclass(frozen=True)
class Office:
    """One office of a province."""

    code: str
    name: str
    province_code: str

    def as_dict(self) -> dict[str, Any]:
        """Return the fields under their names in facts (`fact_parts.Office`)."""
        return asdict(self)


def find(session: Session, code: str) -> Office | None:
    """Return the open office of that code."""
    row = session.execute(_FIND, {"code": code}).one_or_none()
    return Office(*row) if row else None


def list_open(session: Session, province_code: str | None = None) -> list[Office]:
    """Return the open offices by code, of one province or of all."""
    query = _OPEN.order_by(table.c.code)
    if province_code is not None:
        query = query.where(table.c.province_code == province_code)
    return [Office(*row) for row in session.execute(query)]


def read_csv(file: TextIO | Sheet) -> Rows[Office]:
    """Read offices from CSV (`COLUMNS` in any order; further columns, as registration's list has them, are ignored).

    :raises BadList: with every fault, if there is one.
    """
    return csv_lists.read(file, COLUMNS, _office, key="code")


def write_csv(offices: Iterable[Office]) -> str:
    """Write CSV for `read_csv`."""
    return csv_lists.write(COLUMNS, map(asdict, offices))


def put(session: Session, offices: Iterable[Office], *, close_others: bool = False) -> dict[str, list[str]]:
    """Store offices under their codes; return the codes ``added``, ``changed`` and ``closed``, and those ``left_out``: of no province.

    Existing complaints keep their office, and so their province (F4).

    :param close_others: close every office that is not given.
    :raises BadList: for a province without a director: somebody must be accountable for what the office receives (F3).
    """
    offices = list(offices)
    kept = {each.code: each.as_dict() for each in offices if each.province_code != _NO_PROVINCE}
    directors = {each.code for each in responsible.list_all(session, responsible.PROVINCE)}
    if orphans := [each for each in kept.values() if each["province_code"] not in directors]:
        raise csv_lists.BadList(
            [
                csv_lists.Fault.of(
                    each["code"], f"province_code: nobody is responsible for {each['province_code']} ({each['code']})"
                )
                for each in orphans
            ]
        )
    left_out = [each.code for each in offices if each.code not in kept]
    return merge(session, table, kept, close_others=close_others) | {"left_out": left_out}


def _office(cells: Mapping[str, str]) -> Office:
    csv_cells.digits(cells, "province_code", 2)
    csv_cells.code(cells, "code", _CODE, "2 to 10 digits, capital letters or hyphens")
    csv_cells.below(cells, "code", "province_code")
    if not cells["name"] or len(cells["name"]) > _LONGEST:
        raise ValueError("name: missing or too long")
    return Office(**{name: cells[name] for name in COLUMNS})
