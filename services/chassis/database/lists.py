"""Lists that operators import: rows under a code, open or closed, never deleted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.text.csv_lists import BadList, Fault


def merge(
    session: Session, table: sa.Table, rows: Mapping[str, Mapping[str, Any]], *, close_others: bool = False
) -> dict[str, list[str]]:
    """Store rows under their codes, each open; return the codes that were ``added``, ``changed`` and ``closed``.

    Merging the same rows again changes nothing.

    :param table: has the columns ``code`` and ``open`` (boolean) besides those of the rows.
    :param close_others: close every open row whose code is not given.
    :raises BadList: for a new code of digits that another one becomes without its first zeros, as in a spreadsheet.
    """
    stored = {row["code"]: dict(row) for row in session.execute(sa.select(table)).mappings()}
    wanted = {code: {**values, "code": code, "open": True} for code, values in rows.items()}
    added = [code for code in wanted if code not in stored]
    changed = [code for code, values in wanted.items() if code in stored and stored[code] != values]
    closed = [code for code, row in stored.items() if close_others and row["open"] and code not in wanted]
    if twins := _lost_zeros(added, {*stored, *wanted}):
        raise BadList(
            [Fault.of(code, f"code: {code} is {twin} without its zero, as spreadsheets drop it") for code, twin in twins]
        )
    if added:
        session.execute(sa.insert(table), [wanted[code] for code in added])
    for code in changed:
        session.execute(sa.update(table).where(table.c.code == code).values(wanted[code]))
    if closed:
        session.execute(sa.update(table).where(table.c.code.in_(closed)).values(open=False))
    return {"added": added, "changed": changed, "closed": closed}


def _lost_zeros(added: Iterable[str], codes: Collection[str]) -> list[tuple[str, str]]:
    """Return the new codes of digits that are a longer code without its zeros, each with that code."""
    longest: dict[str, str] = {}
    for code in filter(str.isdecimal, codes):
        bare = code.lstrip("0")
        longest[bare] = max(code, longest.get(bare, ""), key=len)
    return [(code, twin) for code in added if (twin := longest.get(code.lstrip("0"), code)) != code and code.isdecimal()]
