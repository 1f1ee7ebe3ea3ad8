"""Receiving offices: code, name, address and phone (I1; guide: "Chọn cơ quan BHXH tiếp nhận").

The 34 provincial offices and the customer-care centre come with the migrations; `vss offices import FILE.csv` adds the rest and
changes (``office_list.py``, docs/offices.md). An office is closed, never deleted: a declaration keeps a copy of the office it named.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.text.folding import without_marks
from services.chassis.text.places import place_of_office
from services.chassis.text.sorting import sort_key

#: the province of an office that belongs to none but to VSS itself: the customer-care centre (3717 §3a)
NO_PROVINCE = "00"
COLUMNS = ("code", "name", "province_code", "address", "phone")

table = sa.Table(
    "offices",
    sa.MetaData(),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("province_code", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("phone", sa.Text, nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
)

_OPEN = sa.select(*(table.c[name] for name in COLUMNS)).where(table.c.open)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Office:
    """One office. ``phone`` and ``address`` are printed on Form 01; empty where not known yet."""

    code: str
    name: str
    province_code: str
    address: str = ""
    phone: str = ""

    @property
    def is_customer_care(self) -> bool:
        """Tell whether it is the customer-care centre: the only receiving office that no province has (3717 §3a)."""
        return self.province_code == NO_PROVINCE

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by their names in the facts (`declarations.parts.Office`)."""
        return asdict(self)


def join_office(query: sa.SelectBase, code: sa.ColumnElement[str]) -> sa.Select[Any]:
    """Join the open office of that code to ``query``, which yields one row; read it from the row by `office_in`."""
    subquery = query.subquery()
    office = sa.and_(table.c.open, table.c.code == code)
    return sa.select(subquery, *(table.c[name] for name in COLUMNS)).select_from(subquery.outerjoin(table, office))


def office_in(row: Any) -> Office | None:
    """Return the office in a row of a query made by `join_office`."""
    return None if row.code is None else Office(*(getattr(row, name) for name in COLUMNS))


def find(session: Session, code: str) -> Office | None:
    """Return the office of this code, open or not."""
    row = session.execute(sa.select(*(table.c[name] for name in COLUMNS)).where(table.c.code == code)).one_or_none()
    return None if row is None else Office(*row)


def every(session: Session) -> list[Office]:
    """Return all offices by code, closed ones too: reports name whoever did the work."""
    return [Office(*row) for row in session.execute(sa.select(*(table.c[name] for name in COLUMNS)).order_by(table.c.code))]


def search(session: Session, q: str | None = None, province: str | None = None) -> list[Office]:
    """Return the open offices whose code, name or address has every word of ``q`` (with or without diacritics), in Vietnamese order.

    :param province: the code of one of today's provinces; None for all.
    """
    statement = _OPEN if province is None else _OPEN.where(table.c.province_code == province)
    matches = [Office(*row) for row in session.execute(statement)]
    words = _WORD.findall(without_marks(q or ""))
    if q and not words:
        return []  # nothing but punctuation
    if words:
        matches = [office for office in matches if _has(office, words)]
    return sorted(matches, key=lambda office: (sort_key(place_of_office(office.name)), office.code))


def _has(office: Office, words: list[str]) -> bool:
    """Tell whether every word begins a word of the office: `ha` matches Hà Nội and Hải Phòng, but not Thành phố."""
    text = " " + " ".join(_WORD.findall(without_marks(f"{office.code} {office.name} {office.address}")))
    return all(f" {word}" in text for word in words)
