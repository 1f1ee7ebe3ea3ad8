"""The offices that rights of staff may name (V11): those of Form 01's list, read from the same CSV.

The 34 provincial offices come with the migrations; `vss staff offices FILE.csv` adds the rest. An office is closed, never deleted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Final, TextIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.text import csv_lists

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
_PROVINCE = re.compile(r"[0-9]{2}")


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


def read_csv(file: TextIO) -> list[Office]:
    """Read offices from CSV (UTF-8, `COLUMNS` in any order; further columns, as registration's list has them, are ignored).

    :raises BadList: with every fault, if there is one.
    """
    return csv_lists.read(file, COLUMNS, _office, key="code")


def store(session: Session, offices: Iterable[Office], *, close_others: bool = False) -> dict[str, int]:
    """Store offices under their codes; return how many were ``added``, ``changed`` and ``closed``.

    :param close_others: close every office that is not given. Staff keep the office they have until somebody changes it.
    """
    stored = {row["code"]: dict(row) for row in session.execute(sa.select(table)).mappings()}
    done = {"added": 0, "changed": 0, "closed": 0}
    given = set()
    for office in offices:
        given.add(office.code)
        values = asdict(office) | {"open": True}
        if office.code not in stored:
            session.execute(sa.insert(table).values(values))
            done["added"] += 1
        elif stored[office.code] != values:
            session.execute(sa.update(table).where(table.c.code == office.code).values(values))
            done["changed"] += 1
    closed = [code for code, row in stored.items() if close_others and row["open"] and code not in given]
    if closed:
        session.execute(sa.update(table).where(table.c.code.in_(closed)).values(open=False))
    return done | {"closed": len(closed)}


def _office(cells: Mapping[str, str]) -> Office:
    if not _CODE.fullmatch(cells["code"]):
        raise ValueError("code: expected 2 to 10 digits, capital letters or hyphens")
    if not _PROVINCE.fullmatch(cells["province_code"]):
        raise ValueError("province_code: expected the two digits of a province")
    if not cells["name"]:
        raise ValueError("name: missing")
    return Office(**{name: cells[name] for name in COLUMNS})
