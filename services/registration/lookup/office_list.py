"""Read the list of offices from a spreadsheet, and update the table from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TextIO

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.text import csv_lists
from services.registration.declarations import identity
from services.registration.lookup import units
from services.registration.lookup.offices import COLUMNS, Office, table

_CODE = re.compile(r"[0-9A-Z][0-9A-Z-]{1,9}")
_PHONE = re.compile(r"[0-9+][0-9 .\-()]{3,30}")


def read(file: TextIO) -> list[Office]:
    """Return the offices of a CSV file (UTF-8; columns code, name, province_code, address, phone in any order).

    :raises csv_lists.BadList: with every fault, if there is one.
    """
    return csv_lists.read(file, COLUMNS, _office, key="code")


def store(session: Session, offices: Iterable[Office], *, close_others: bool = False) -> tuple[int, int, int]:
    """Write the offices to the table, each under its code. Return how many were added, changed and closed.

    :param close_others: also close every office that is not among them.
    """
    stored = {row["code"]: dict(row) for row in session.execute(sa.select(table)).mappings()}
    added = changed = 0
    codes = set()
    for office in offices:
        codes.add(office.code)
        values = office.as_dict() | {"open": True}
        if office.code not in stored:
            session.execute(sa.insert(table).values(values))
            added += 1
        elif stored[office.code] != values:
            session.execute(sa.update(table).where(table.c.code == office.code).values(values))
            changed += 1
    closed = [code for code, row in stored.items() if close_others and row["open"] and code not in codes]
    if closed:
        session.execute(sa.update(table).where(table.c.code.in_(closed)).values(open=False))
    return added, changed, len(closed)


def _office(cells: Mapping[str, str]) -> Office:
    """Parse one line.

    :raises ValueError: saying what is wrong with it.
    """
    office = Office(*(cells[name] for name in COLUMNS))
    if not _CODE.fullmatch(office.code):
        raise ValueError("code: expected 2 to 10 digits, capital letters or hyphens")
    if units.province_name(office.province_code) is None:
        raise ValueError(f"province_code: unknown province {office.province_code[:10]!r}")
    if not office.name:
        raise ValueError("name: missing")
    if office.phone and not _PHONE.fullmatch(office.phone):
        raise ValueError("phone: expected digits, spaces, dots, hyphens and brackets")
    for name in ("name", "address"):
        try:
            identity.line(getattr(office, name))
        except ma.ValidationError:
            raise ValueError(f"{name}: too long, or with control characters") from None
    return office
