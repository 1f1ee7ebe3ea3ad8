"""Receiving offices: which there are, where, and how to reach them (I1; guide: "Chọn cơ quan BHXH tiếp nhận").

The 34 provincial offices come with the first migration; `vss offices import FILE.csv` brings the rest and changes. An office
is closed, never deleted: a declaration keeps a copy of the office it named.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TextIO

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.errors import Permanent
from services.registration import identity, units
from services.registration.vietnamese import fold, sort_key

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
_FIND = _OPEN.where(table.c.code == sa.bindparam("code"))  # asked for by each new declaration

_CODE = re.compile(r"[0-9A-Z][0-9A-Z-]{1,9}")
_PHONE = re.compile(r"[0-9+][0-9 .\-()]{3,30}")
_WORD = re.compile(r"\w+")
_MOST_FAULTS = 20


@dataclass(frozen=True)
class Office:
    """One office. ``phone`` and ``address`` as they are printed on Form 01; empty where nobody has told them yet."""

    code: str
    name: str
    province_code: str
    address: str = ""
    phone: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The fields by their names in the fact (`events.Office`)."""
        return asdict(self)


class BadList(Permanent):
    """A file of offices that cannot be taken; ``faults`` holds one sentence for each line that is wrong."""

    safe_to_log = True

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(self.faults))


def find(session: Session, code: str) -> Office | None:
    """The open office of that code."""
    row = session.execute(_FIND, {"code": code}).one_or_none()
    return Office(*row) if row else None


def beside(question: sa.SelectBase, code: sa.ColumnElement[str]) -> sa.Select[Any]:
    """``question``, whose answer is one row, with the open office of that code beside it; for ``of_row``."""
    asked = question.subquery()
    office = sa.and_(table.c.open, table.c.code == code)
    return sa.select(asked, *(table.c[name] for name in COLUMNS)).select_from(asked.outerjoin(table, office))


def of_row(row: Any) -> Office | None:
    """The office in a row of ``beside``."""
    return None if row.code is None else Office(*(getattr(row, name) for name in COLUMNS))


def search(session: Session, q: str | None = None, province: str | None = None) -> list[Office]:
    """Open offices whose code, name or address has every word of ``q`` (with or without marks), sorted as Vietnamese.

    :param province: the code of one of today's provinces; None for all.
    """
    statement = _OPEN if province is None else _OPEN.where(table.c.province_code == province)
    found = [Office(*row) for row in session.execute(statement)]
    words = _WORD.findall(fold(q or ""))
    if q and not words:
        return []  # only signs
    if words:
        found = [office for office in found if _has(office, words)]
    return sorted(found, key=lambda office: (sort_key(_without_kind(office.name)), office.code))


def read_csv(file: TextIO) -> list[Office]:
    """The offices of a CSV file (UTF-8; columns code, name, province_code, address, phone in any order).

    :raises BadList: with every fault, if there is one.
    """
    reader = csv.DictReader(file)
    try:
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadList([_unreadable(1, error)]) from None
    if missing:
        raise BadList([f"line 1: missing columns: {', '.join(missing)}"])
    found: dict[str, Office] = {}
    faults = []
    try:
        for row in reader:
            office = Office(*(" ".join((row[name] or "").split()) for name in COLUMNS))
            wrong = _fault(office)
            if office.code in found:
                wrong = f"code {office.code} stands there twice"
            if wrong:
                faults.append(f"line {reader.line_num}: {wrong}")
            found[office.code] = office
    except (csv.Error, UnicodeDecodeError) as error:
        faults.append(_unreadable(reader.line_num, error))
    if not found and not faults:
        faults.append("the file names no office")
    if faults:
        more = [f"… and {len(faults) - _MOST_FAULTS} more"] if len(faults) > _MOST_FAULTS else []
        raise BadList(faults[:_MOST_FAULTS] + more)
    return list(found.values())


def put(session: Session, offices: Iterable[Office], *, close_others: bool = False) -> tuple[int, int, int]:
    """Write the offices down, each under its code; returns how many were added, changed and closed.

    :param close_others: also close every office that is not among them.
    """
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


def _unreadable(line: int, error: Exception) -> str:
    return f"line {line}: not readable as CSV in UTF-8 ({type(error).__name__})"


def _has(office: Office, words: list[str]) -> bool:
    """Each word begins a word there: `ha` is in Hà Nội and Hải Phòng, but not in Thành phố."""
    text = " " + " ".join(_WORD.findall(fold(f"{office.code} {office.name} {office.address}")))
    return all(f" {word}" in text for word in words)


def _without_kind(name: str) -> str:
    """`BHXH tỉnh Cà Mau` is looked for under C."""
    kept = name
    for kind in ("BHXH", "tỉnh", "Thành phố", "thành phố", "Tp."):
        kept = kept.removeprefix(f"{kind} ")
    return kept


def _fault(office: Office) -> str | None:
    if not _CODE.fullmatch(office.code):
        return "code: 2 to 10 digits, capital letters or hyphens are expected"
    if units.province_name(office.province_code) is None:
        return f"province_code: none of the 34 provinces has {office.province_code[:10]!r}"
    if not office.name:
        return "name: missing"
    if office.phone and not _PHONE.fullmatch(office.phone):
        return "phone: digits, spaces, dots, hyphens and brackets are expected"
    for name in ("name", "address"):
        try:
            identity.line(getattr(office, name))
        except ma.ValidationError:
            return f"{name}: too long, or with control characters"
    return None
