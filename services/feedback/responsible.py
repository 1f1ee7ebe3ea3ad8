"""Who is told on the agency's side, and who a citizen sees as accountable (F3, F5, F6): directors of provinces, boards, leadership.

The shipped list (data/responsible.csv) has one line for each province, board and the leadership, all marked as examples: their
addresses end in `.example`, which nobody owns (RFC 2606). `vss complaints responsible import FILE.csv` brings the real ones.
Titles and offices are public; names, addresses and telephone numbers are for our own people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, TextIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.text import csv_lists as lists
from services.chassis.text.csv_lists import BadList
from services.chassis.text.folding import has_control_characters

PROVINCE, BOARD, LEADERSHIP = "province", "board", "leadership"
KINDS: Final = (PROVINCE, BOARD, LEADERSHIP)
COLUMNS: Final = ("kind", "code", "office", "title", "name", "email", "phone", "example")
#: code of the only line of the leadership
VSS: Final = "vss"

table = sa.Table(
    "responsible",
    sa.MetaData(),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("phone", sa.Text, nullable=False),
    sa.Column("example", sa.Boolean, nullable=False),
)

_ROWS = sa.select(*(table.c[name] for name in COLUMNS))
_FIND = _ROWS.where(table.c.kind == sa.bindparam("kind"), table.c.code == sa.bindparam("code"))
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII)
_PHONE = re.compile(r"[0-9+][0-9 .\-()]{3,30}")
_LONGEST = 200


@dataclass(frozen=True)
class Responsible:
    """One line. ``name`` and ``phone`` may be empty; ``example``: shipped for trying out, nobody reads this mailbox."""

    kind: str
    code: str
    office: str
    title: str
    name: str
    email: str
    phone: str
    example: bool

    def as_dict(self) -> dict[str, Any]:
        """The fields by their names."""
        return asdict(self)


def of_province(session: Session, code: str) -> Responsible | None:
    """The director of a province's office (F3); None: there is no such province."""
    return _find(session, PROVINCE, code)


def of_board(session: Session, code: str) -> Responsible | None:
    """The head of a board, or of the IT centre (F2)."""
    return _find(session, BOARD, code)


def leadership(session: Session) -> Responsible | None:
    """To whom the IT centre reports (F6)."""
    return _find(session, LEADERSHIP, VSS)


def every(session: Session, kind: str | None = None) -> list[Responsible]:
    """All lines, or those of one kind; provinces by code, then boards, then the leadership."""
    query = _ROWS if kind is None else _ROWS.where(table.c.kind == kind)
    found = [Responsible(*row) for row in session.execute(query)]
    return sorted(found, key=lambda each: (KINDS.index(each.kind), each.code))


def read_csv(file: TextIO) -> list[Responsible]:
    """The lines of a CSV file (UTF-8, `COLUMNS` in any order; ``example``: yes or empty).

    :raises BadList: with every fault, if there is one.
    """
    return lists.read(file, COLUMNS, _line, key="code")


def write_csv(lines: Iterable[Responsible]) -> str:
    """The CSV that `read_csv` takes back."""
    return lists.write(COLUMNS, (each.as_dict() | {"example": "yes" if each.example else ""} for each in lines))


def put(session: Session, lines: Iterable[Responsible]) -> tuple[int, int]:
    """Write the lines down; returns how many were added and changed. None is ever taken away: somebody must stay accountable (F3).

    :raises BadList: for a board or a leadership that there is not. A further province is taken: maps change.
    """
    kept = {(row.kind, row.code): row for row in every(session)}
    lines = list(lines)
    unknown = [each for each in lines if each.kind != PROVINCE and (each.kind, each.code) not in kept]
    if unknown:
        raise BadList([f"code: there is no {each.kind} {each.code!r}" for each in unknown])
    added = changed = 0
    for each in lines:
        before = kept.get((each.kind, each.code))
        if before is None:
            session.execute(sa.insert(table).values(each.as_dict()))
            added += 1
        elif before != each:
            here = (table.c.kind == each.kind) & (table.c.code == each.code)
            session.execute(sa.update(table).where(here).values(each.as_dict()))
            changed += 1
    return added, changed


def _find(session: Session, kind: str, code: str) -> Responsible | None:
    row = session.execute(_FIND, {"kind": kind, "code": code}).one_or_none()
    return Responsible(*row) if row else None


def _line(cells: Mapping[str, str]) -> Responsible:
    if cells["kind"] not in KINDS:
        raise ValueError(f"kind: one of {', '.join(KINDS)} is expected")
    if not _CODE.fullmatch(cells["code"]) or len(cells["code"]) > 40:
        raise ValueError("code: small letters, digits and hyphens are expected")
    for name in ("office", "title", "name"):
        if len(cells[name]) > _LONGEST or has_control_characters(cells[name]):
            raise ValueError(f"{name}: too long, or with control characters")
    if not cells["office"] or not cells["title"]:
        raise ValueError("office and title: must be there, citizens are told who is accountable")
    if not _EMAIL.fullmatch(cells["email"]) or len(cells["email"]) > 254:
        raise ValueError("email: an address is expected; reminders and escalations go there")
    if cells["phone"] and not _PHONE.fullmatch(cells["phone"]):
        raise ValueError("phone: digits, spaces, dots, hyphens and brackets are expected")
    if cells["example"] not in ("", "yes"):
        raise ValueError("example: yes or nothing is expected")
    return Responsible(**{name: cells[name] for name in COLUMNS[:-1]}, example=cells["example"] == "yes")
