"""Lists that operators import: rows under a code, open or closed, never deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session


def merge(
    session: Session, table: sa.Table, rows: Mapping[str, Mapping[str, Any]], *, close_others: bool = False
) -> dict[str, list[str]]:
    """Store rows under their codes, each open; return the codes that were ``added``, ``changed`` and ``closed``.

    Merging the same rows again changes nothing.

    :param table: has the columns ``code`` and ``open`` (boolean) besides those of the rows.
    :param close_others: close every open row whose code is not given.
    """
    stored = {row["code"]: dict(row) for row in session.execute(sa.select(table)).mappings()}
    wanted = {code: {**values, "code": code, "open": True} for code, values in rows.items()}
    added = [code for code in wanted if code not in stored]
    changed = [code for code, values in wanted.items() if code in stored and stored[code] != values]
    closed = [code for code, row in stored.items() if close_others and row["open"] and code not in wanted]
    if added:
        session.execute(sa.insert(table), [wanted[code] for code in added])
    for code in changed:
        session.execute(sa.update(table).where(table.c.code == code).values(wanted[code]))
    if closed:
        session.execute(sa.update(table).where(table.c.code.in_(closed)).values(open=False))
    return {"added": added, "changed": changed, "closed": closed}
