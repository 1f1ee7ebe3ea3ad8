"""Store the tree of categories: two levels, each branch watched by one board (F2, công văn 3717 §5).

The shipped tree comes with the migration (data/categories.csv); `vss complaints categories import FILE.csv --reason WHY` and
`PUT /feedback/categories/{code}` change it, and a history records every change. A category is closed, never deleted: complaints
keep theirs, and the board it had when they were filed or re-categorised.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.database import Instant
from services.chassis.text.csv_lists import BadList
from services.feedback.categories.category import DAYS, Category
from services.feedback.categories.rules import faults
from services.feedback.categories.suggestion import Hint
from services.feedback.schema import SEQUENCE

ADDED, CHANGED, CLOSED, REOPENED = "added", "changed", "closed", "reopened"

_metadata = sa.MetaData()

table = sa.Table(
    "categories",
    _metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("parent", sa.Text),
    sa.Column("board", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    *(sa.Column(name, sa.Integer) for name in DAYS),
    sa.Column("keywords", sa.JSON, nullable=False),
    sa.Column("examples", sa.JSON, nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
    #: position in the list, as imported
    sa.Column("place", sa.Integer, nullable=False),
)
changes = sa.Table(
    "category_changes",
    _metadata,
    sa.Column("seq", SEQUENCE, sa.Identity(), primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    #: account of the member of staff, or `vss:NAME` for an operator; None: an operator of before 0.4
    sa.Column("actor", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
    #: the category before the change; None for a new one
    sa.Column("before", sa.JSON(none_as_null=True)),
    sa.Column("after", sa.JSON, nullable=False),
)


class Listed(NamedTuple):
    """A category as lists of them show it."""

    code: str
    parent: str | None
    name: str
    open: bool


_ROWS = sa.select(*(column for column in table.c if column.name != "place")).order_by(table.c.place, table.c.code)
_LISTED = sa.select(*(table.c[name] for name in Listed._fields)).order_by(table.c.place, table.c.code)


@dataclass(frozen=True)
class Change:
    """One entry of a category's history."""

    at: datetime
    code: str
    kind: str
    actor: str | None
    reason: str
    before: dict[str, Any] | None
    after: dict[str, Any]


def list_all(session: Session, *, closed: bool = False) -> list[Category]:
    """Return the open categories in list order, with ``closed`` the closed ones too; their own days only, not inherited ones."""
    rows = session.execute(_ROWS if closed else _ROWS.where(table.c.open)).mappings()
    return [Category.from_dict(dict(row)) for row in rows]


def listed(session: Session) -> list[Listed]:
    """Return all categories, closed ones too, in list order, without what a list of them does not show."""
    return [Listed(*row) for row in session.execute(_LISTED)]


def find(session: Session, code: str, *, closed: bool = False) -> Category | None:
    """Return the open category of that code, with ``closed`` a closed one too; missing days are inherited from its parent."""
    parent = sa.select(table.c.parent).where(table.c.code == code).scalar_subquery()
    rows = session.execute(_ROWS.where(sa.or_(table.c.code == code, table.c.code == parent))).mappings()
    by_code = {row["code"]: Category.from_dict(dict(row)) for row in rows}
    category = by_code.get(code)
    if category is None or not (category.open or closed):
        return None
    above = by_code.get(category.parent or "")
    if above is None:
        return category
    return replace(category, **{name: getattr(above, name) for name in DAYS if getattr(category, name) is None})


def hints(categories: Iterable[Category]) -> tuple[Hint, ...]:
    """Return the keywords of the categories for `suggestion.suggest`."""
    return tuple(Hint(each.code, each.parent, each.keywords) for each in categories)


def put(
    session: Session, given: Sequence[Category], *, reason: str, actor: str | None = None, close_others: bool = False
) -> dict[str, int]:
    """Store categories under their codes, all or none, and record each change in the history.

    :param actor: account of the member of staff, or `vss:NAME` for an operator.
    :param close_others: close every category that is not given.
    :returns: how many were ``added``, ``changed``, ``closed`` and ``reopened``.
    :raises BadList: if the tree would be invalid.
    """
    before = {each.code: each for each in list_all(session, closed=True)}
    codes = {each.code for each in given}
    to_close = [
        replace(each, open=False) for each in before.values() if close_others and each.open and each.code not in codes
    ]
    after = before | {each.code: each for each in [*given, *to_close]}
    if wrong := faults(list(after.values())):
        raise BadList(wrong)
    counted = dict.fromkeys((ADDED, CHANGED, CLOSED, REOPENED), 0)
    for place, category in enumerate([*given, *to_close], start=len(before)):
        old = before.get(category.code)
        if old == category:
            continue
        kind = _kind(old, category)
        counted[kind] += 1
        row = category.as_dict()
        if old is None:
            session.execute(sa.insert(table).values(row | {"place": place}))
        else:
            session.execute(sa.update(table).where(table.c.code == category.code).values(row))
        line = {"at": clock.now(), "code": category.code, "kind": kind, "actor": actor, "reason": reason}
        session.execute(sa.insert(changes).values(**line, before=old.as_dict() if old else None, after=row))
    return counted


def history_of(session: Session, code: str) -> list[Change]:
    """Return the changes of a category, latest first."""
    columns = [changes.c[name] for name in Change.__dataclass_fields__]
    query = sa.select(*columns).where(changes.c.code == code).order_by(changes.c.seq.desc())
    return [Change(*row) for row in session.execute(query)]


def _kind(old: Category | None, new: Category) -> str:
    if old is None:
        return ADDED
    if old.open != new.open:
        return REOPENED if new.open else CLOSED
    return CHANGED
