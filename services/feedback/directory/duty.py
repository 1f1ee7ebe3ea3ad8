"""Store who is on duty (F10): the telephones that hear at once of somebody who is turned away at this hour.

`vss complaints duty import FILE.csv` replaces the list. A line is for one province, or for the whole country.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Final, TextIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.text import csv_cells, csv_lists
from services.chassis.text.csv_files import Sheet
from services.chassis.text.csv_lists import Rows
from services.feedback.directory import responsible

COLUMNS: Final = ("province_code", "name", "phone")
#: the province of a line for the whole country
EVERYWHERE: Final = "*"

table = sa.Table(
    "duty",
    sa.MetaData(),
    sa.Column("province_code", sa.Text, primary_key=True),
    sa.Column("phone", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
)

_ROWS = sa.select(*(table.c[name] for name in COLUMNS)).order_by(table.c.province_code, table.c.phone)
_LONGEST = 200


@dataclass(frozen=True)
class OnDuty:
    """One line: a province (`EVERYWHERE`: all), who is on duty, and the mobile phone in E.164."""

    province_code: str
    name: str
    phone: str


def of_province(session: Session, code: str) -> list[OnDuty]:
    """Return who hears of what happens in a province, each phone once."""
    rows = session.execute(_ROWS.where(table.c.province_code.in_((code, EVERYWHERE))))
    return list({row.phone: OnDuty(*row) for row in rows}.values())


def list_all(session: Session) -> list[OnDuty]:
    """Return the whole list, by province and phone."""
    return [OnDuty(*row) for row in session.execute(_ROWS)]


def read_csv(file: TextIO | Sheet) -> Rows[OnDuty]:
    """Read the list from CSV (`COLUMNS` in any order; each phone stands in it once).

    :raises BadList: with every fault, if there is one.
    """
    return csv_lists.read(file, COLUMNS, _line, key="phone")


def write_csv(lines: Iterable[OnDuty]) -> str:
    """Write CSV for `read_csv`."""
    return csv_lists.write(COLUMNS, map(asdict, lines))


def put(session: Session, lines: Iterable[OnDuty]) -> dict[str, int]:
    """Replace the list; return how many lines were ``added`` and ``removed``.

    :raises BadList: for a phone that stands in it twice, however it is written, and for a province without a director.
    """
    given = list(lines)
    known = {EVERYWHERE, *(each.code for each in responsible.list_all(session, responsible.PROVINCE))}
    if strange := [each for each in given if each.province_code not in known]:
        raise csv_lists.BadList(
            [csv_lists.Fault.of(each, f"province_code: unknown province {each.province_code}") for each in strange]
        )
    if twice := sorted(phone for phone, count in Counter(each.phone for each in given).items() if count > 1):
        raise csv_lists.BadList([f"phone: {phone} appears twice" for phone in twice])
    before, after = set(list_all(session)), set(given)
    for gone in before - after:
        session.execute(sa.delete(table).where(table.c.province_code == gone.province_code, table.c.phone == gone.phone))
    if new := [asdict(each) for each in sorted(after - before, key=lambda each: (each.province_code, each.phone))]:
        session.execute(sa.insert(table), new)
    return {"added": len(after - before), "removed": len(before - after)}


def _line(cells: Mapping[str, str]) -> OnDuty:
    if cells["province_code"] != EVERYWHERE:
        csv_cells.digits(cells, "province_code", 2)
    if not cells["name"] or len(cells["name"]) > _LONGEST:
        raise ValueError("name: missing or too long")
    return OnDuty(cells["province_code"], cells["name"], csv_cells.mobile(cells, "phone"))
