"""Store who is accountable and who is notified in the agency (F3, F5, F6): directors of provinces, boards, the leadership.

The shipped list (data/responsible.csv) has one line per province and board and one for the leadership; a migration adds the desk
for complaints about directors, as a board of its own (F9). All are marked as examples:
their addresses end in `.example`, which nobody owns (RFC 2606). `vss complaints responsible import FILE.csv` imports the real
ones. Titles and offices are public; names, addresses and telephone numbers are for staff only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Final, TextIO

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.text import csv_cells, csv_lists
from services.chassis.text.csv_files import Sheet
from services.chassis.text.csv_lists import BadList, Fault, Rows
from services.chassis.text.emails import email_address
from services.feedback.categories.boards import DIRECTORS_DESK

PROVINCE, BOARD, LEADERSHIP = "province", "board", "leadership"
KINDS: Final = (PROVINCE, BOARD, LEADERSHIP)
COLUMNS: Final = ("kind", "code", "office", "title", "name", "email", "phone", "example")
#: code of the leadership's only line
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
_LONGEST = 200


@dataclass(frozen=True)
class Responsible:
    """One line of the list. ``name`` and ``phone`` may be empty; ``example``: a shipped line whose mailbox does not exist."""

    kind: str
    code: str
    office: str
    title: str
    name: str
    email: str
    phone: str
    example: bool

    @property
    def formal_name(self) -> str:
        """Return the form of address: `Giám đốc BHXH Thành phố Hà Nội`; a board by its own name."""
        return f"{self.title} {self.office}" if self.kind == PROVINCE else self.office


def of_province(session: Session, code: str) -> Responsible | None:
    """Return the director of a province's office (F3); None for an unknown province."""
    return _find(session, PROVINCE, code)


def of_board(session: Session, code: str) -> Responsible | None:
    """Return the head of a board or of the IT centre (F2)."""
    return _find(session, BOARD, code)


def desk(session: Session) -> Responsible | None:
    """Return the desk that decides on complaints about directors (F9)."""
    return _find(session, BOARD, DIRECTORS_DESK)


def leadership(session: Session) -> Responsible | None:
    """Return the leadership, to whom the IT centre reports (F6)."""
    return _find(session, LEADERSHIP, VSS)


def list_all(session: Session, kind: str | None = None) -> list[Responsible]:
    """Return all lines, or those of one kind; provinces by code, then boards, then the leadership."""
    query = _ROWS if kind is None else _ROWS.where(table.c.kind == kind)
    lines = [Responsible(*row) for row in session.execute(query)]
    return sorted(lines, key=lambda each: (KINDS.index(each.kind), each.code))


def read_csv(file: TextIO | Sheet) -> Rows[Responsible]:
    """Read the lines of a CSV file (`COLUMNS` in any order; ``example``: yes or empty).

    :raises BadList: with every fault, if there is one.
    """
    return csv_lists.read(file, COLUMNS, _line, key="code")


def write_csv(lines: Iterable[Responsible]) -> str:
    """Write CSV for `read_csv`."""
    return csv_lists.write(COLUMNS, (asdict(each) | {"example": "yes" if each.example else ""} for each in lines))


def put(session: Session, lines: Iterable[Responsible], *, new_provinces: bool = False) -> dict[str, int]:
    """Store lines; return how many were ``added`` and ``changed``. Lines are never removed: somebody must stay accountable (F3).

    :param new_provinces: take provinces that are not in the list yet: maps change (W3).
    :raises BadList: for an unknown board, leadership or province.
    """
    stored = {(row.kind, row.code): row for row in list_all(session)}
    lines = list(lines)
    unknown = [
        each for each in lines if (each.kind, each.code) not in stored and not (new_provinces and each.kind == PROVINCE)
    ]
    if unknown:
        hint = {PROVINCE: "; --new-provinces takes a new one"}
        raise BadList(
            [Fault.of(each.code, f"code: unknown {each.kind} {each.code}{hint.get(each.kind, '')}") for each in unknown]
        )
    added = changed = 0
    for each in lines:
        before = stored.get((each.kind, each.code))
        if before is None:
            session.execute(sa.insert(table).values(asdict(each)))
            added += 1
        elif before != each:
            here = (table.c.kind == each.kind) & (table.c.code == each.code)
            session.execute(sa.update(table).where(here).values(asdict(each)))
            changed += 1
    return {"added": added, "changed": changed}


def _find(session: Session, kind: str, code: str) -> Responsible | None:
    row = session.execute(_FIND, {"kind": kind, "code": code}).one_or_none()
    return Responsible(*row) if row else None


def _line(cells: Mapping[str, str]) -> Responsible:
    if cells["kind"] not in KINDS:
        raise ValueError(f"kind: expected one of {', '.join(KINDS)}")
    if cells["kind"] == PROVINCE:
        csv_cells.digits(cells, "code", 2)
    elif not _CODE.fullmatch(cells["code"]) or len(cells["code"]) > 40:
        raise ValueError("code: expected lower-case letters, digits and hyphens")
    for name in ("office", "title", "name"):
        if len(cells[name]) > _LONGEST:
            raise ValueError(f"{name}: too long")
    if not cells["office"] or not cells["title"]:
        raise ValueError("office and title: required, because citizens are told who is accountable")
    try:
        email = email_address(cells["email"])
    except ma.ValidationError:
        raise ValueError("email: expected an address, for reminders and escalations") from None
    csv_cells.phone(cells, "phone")
    if cells["example"] not in ("", "yes"):
        raise ValueError("example: expected yes or nothing")
    kept = {name: cells[name] for name in COLUMNS[:-1]} | {"email": email}
    return Responsible(**kept, example=cells["example"] == "yes")
