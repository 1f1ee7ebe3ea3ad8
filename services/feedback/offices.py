"""Offices that receive complaints and that may be asked for help (F3, F4): code, name, province.

The 34 provincial offices come with the first migration; `vss complaints offices import FILE.csv` brings the rest. An office is
closed, never deleted: a complaint keeps a copy of the one that received it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TextIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.text import csv_lists as lists
from services.chassis.text.folding import has_control_characters
from services.feedback import responsible

COLUMNS: Final = ("code", "name", "province_code")

table = sa.Table(
    "offices",
    sa.MetaData(),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("province_code", sa.Text, nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
)

_FIND = sa.select(table.c.code, table.c.name, table.c.province_code).where(
    table.c.code == sa.bindparam("code"), table.c.open
)
_CODE = re.compile(r"[0-9A-Z][0-9A-Z-]{1,9}")
_PROVINCE = re.compile(r"[0-9]{2}")
_LONGEST = 200


@dataclass(frozen=True)
class Office:
    """One office of a province."""

    code: str
    name: str
    province_code: str

    def as_dict(self) -> dict[str, Any]:
        """The fields by their names in facts (`events_parts.Office`)."""
        return {"code": self.code, "name": self.name, "province_code": self.province_code}


def find(session: Session, code: str) -> Office | None:
    """The open office of that code."""
    row = session.execute(_FIND, {"code": code}).one_or_none()
    return Office(*row) if row else None


def every(session: Session, province_code: str | None = None) -> list[Office]:
    """The open offices, by code."""
    query = sa.select(table.c.code, table.c.name, table.c.province_code).where(table.c.open).order_by(table.c.code)
    if province_code is not None:
        query = query.where(table.c.province_code == province_code)
    return [Office(*row) for row in session.execute(query)]


def read_csv(file: TextIO) -> list[Office]:
    """The offices of a CSV file (UTF-8, `COLUMNS` in any order; others, as registration's list has them, are left alone).

    :raises BadList: with every fault, if there is one.
    """
    return lists.read(file, COLUMNS, _line, key="code")


def put(session: Session, offices: Iterable[Office], *, close_others: bool = False) -> tuple[int, int, int]:
    """Write the offices down, each under its code; returns how many were added, changed and closed.

    What has been filed keeps the office, and so the province, that it had (F4).

    :param close_others: close every office that is not given.
    :raises BadList: for a province without a director: somebody has to account for what the office receives (F3).
    """
    offices = list(offices)
    directors = {each.code for each in responsible.every(session, responsible.PROVINCE)}
    if orphans := [each for each in offices if each.province_code not in directors]:
        raise lists.BadList(
            [f"province_code: nobody is responsible for {each.province_code} ({each.code})" for each in orphans]
        )
    kept = {row.code: row for row in session.execute(sa.select(table))}
    added = changed = 0
    codes = set()
    for office in offices:
        codes.add(office.code)
        values = office.as_dict() | {"open": True}
        if office.code not in kept:
            session.execute(sa.insert(table).values(values))
            added += 1
        elif dict(kept[office.code]._mapping) != values:
            session.execute(sa.update(table).where(table.c.code == office.code).values(values))
            changed += 1
    closed = [code for code, row in kept.items() if close_others and row.open and code not in codes]
    if closed:
        session.execute(sa.update(table).where(table.c.code.in_(closed)).values(open=False))
    return added, changed, len(closed)


def _line(cells: Mapping[str, str]) -> Office:
    if not _CODE.fullmatch(cells["code"]):
        raise ValueError("code: 2 to 10 digits, capital letters or hyphens are expected")
    if not _PROVINCE.fullmatch(cells["province_code"]):
        raise ValueError("province_code: the two digits of a province are expected")
    if not cells["name"] or len(cells["name"]) > _LONGEST or has_control_characters(cells["name"]):
        raise ValueError("name: missing, too long, or with control characters")
    return Office(**{name: cells[name] for name in COLUMNS})
