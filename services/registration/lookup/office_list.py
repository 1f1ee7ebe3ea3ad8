"""Read the list of offices from a spreadsheet (docs/offices.md), and update the table from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TextIO

from sqlalchemy.orm import Session

from services.chassis.database.lists import merge
from services.chassis.text import csv_cells, csv_lists
from services.chassis.text.csv_files import Sheet
from services.chassis.text.csv_lists import Rows
from services.registration.lookup import units
from services.registration.lookup.offices import COLUMNS, NO_PROVINCE, Office, table

_CODE = re.compile(r"[0-9A-Z][0-9A-Z-]{1,9}")
_LONGEST = 300


def read(file: TextIO | Sheet) -> Rows[Office]:
    """Return the offices of a CSV file (columns code, name, province_code, address, phone in any order).

    :raises csv_lists.BadList: with every fault, if there is one.
    """
    return csv_lists.read(file, COLUMNS, _office, key="code")


def write(offices: Iterable[Office]) -> str:
    """Write CSV for `read`."""
    return csv_lists.write(COLUMNS, (each.as_dict() for each in offices))


def store(session: Session, offices: Iterable[Office], *, close_others: bool = False) -> dict[str, list[str]]:
    """Store the offices under their codes; return the codes ``added``, ``changed`` and ``closed``.

    :param close_others: also close every office that is not among them.
    """
    return merge(session, table, {each.code: each.as_dict() for each in offices}, close_others=close_others)


def _office(cells: Mapping[str, str]) -> Office:
    """Parse one line.

    :raises ValueError: saying what is wrong with it.
    """
    province = csv_cells.digits(cells, "province_code", 2)
    if province != NO_PROVINCE and not units.is_province(province):
        raise ValueError(f"province_code: unknown province {province!r}")
    csv_cells.code(cells, "code", _CODE, "2 to 10 digits, capital letters or hyphens")
    csv_cells.below(cells, "code", "province_code")
    csv_cells.phone(cells, "phone")
    office = Office(*(cells[name] for name in COLUMNS))
    if not office.name:
        raise ValueError("name: missing")
    for name in ("name", "address"):
        if len(getattr(office, name)) > _LONGEST:
            raise ValueError(f"{name}: longer than {_LONGEST} characters")
    return office
