"""Offices that receive complaints and that may be asked for help (F3, F4): code, name, province.

The 34 provincial offices come with the first migration; `vss complaints offices import FILE.csv` brings the rest. An office is
closed, never deleted: a complaint keeps a copy of the one that received it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

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
