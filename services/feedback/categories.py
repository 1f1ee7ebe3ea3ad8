"""What a complaint may be about: a tree of two levels, kept as data, and which board watches each branch (F2, 3717 §5).

The shipped tree comes with the migration (data/categories.csv); `vss complaints categories import FILE.csv` and
`PUT /feedback/categories/{code}` change it, and every change stays in a history. A category is closed, never deleted: complaints
keep the one they have, and the board that it had when they were filed or re-categorised.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.database import Instant
from services.chassis.text.csv_lists import BadList
from services.feedback.category_rules import faults
from services.feedback.suggestion import Hint, Keyword

#: who monitors (3717 §5), by the code that tokens and facts carry
BOARDS: Final = {
    "thu-so-the": "Ban Quản lý Thu - Sổ, Thẻ",
    "chinh-sach-bhxh": "Ban Thực hiện chính sách BHXH",
    "chinh-sach-bhyt": "Ban Thực hiện chính sách BHYT",
    "cntt": "Trung tâm Công nghệ thông tin",
}
#: working days that a category may set for itself; None: as the category above, then as the settings say
DAYS: Final = ("acknowledge_days", "route_days", "answer_days", "warn_days", "board_days", "centre_days")
ADDED, CHANGED, CLOSED, REOPENED = "added", "changed", "closed", "reopened"

_metadata = sa.MetaData()
_SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

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
    #: order of the list, as people gave it
    sa.Column("place", sa.Integer, nullable=False),
)
changes = sa.Table(
    "category_changes",
    _metadata,
    sa.Column("seq", _SEQ, sa.Identity(), primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    #: account of the member of staff; None: an operator at the command line
    sa.Column("actor", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
    #: the category as it was; None for a new one
    sa.Column("before", sa.JSON(none_as_null=True)),
    sa.Column("after", sa.JSON, nullable=False),
)


@dataclass(frozen=True)
class Category:
    """One branch or twig of the tree. ``parent`` is the branch a twig belongs to; days are working days."""

    code: str
    parent: str | None
    board: str
    name: str
    acknowledge_days: int | None = None
    route_days: int | None = None
    answer_days: int | None = None
    warn_days: int | None = None
    board_days: int | None = None
    centre_days: int | None = None
    keywords: tuple[Keyword, ...] = ()
    examples: tuple[str, ...] = ()
    open: bool = True

    def as_dict(self) -> dict[str, Any]:
        """As rows, answers and the history have it; keywords as in the CSV (``chốt sổ*4``)."""
        return asdict(self) | {"keywords": [str(each) for each in self.keywords], "examples": list(self.examples)}

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Category:
        """What `as_dict` wrote.

        :raises ValueError: for a keyword that is none.
        """
        keywords = tuple(Keyword.read(each) for each in row["keywords"])
        return cls(**{**row, "keywords": keywords, "examples": tuple(row["examples"])})


_ROWS = sa.select(*(column for column in table.c if column.name != "place")).order_by(table.c.place, table.c.code)


def every(session: Session, *, closed: bool = False) -> list[Category]:
    """The categories in the order of the list, with ``closed`` those too that are no longer used; days as each has them."""
    rows = session.execute(_ROWS if closed else _ROWS.where(table.c.open)).mappings()
    return [Category.of(dict(row)) for row in rows]


def find(session: Session, code: str, *, closed: bool = False) -> Category | None:
    """The category of that code, with the days of the one above it where it has none of its own; an open one, unless ``closed``."""
    rows = session.execute(_ROWS.where(sa.or_(table.c.code == code, table.c.code == _parent_of(code)))).mappings()
    found = {row["code"]: Category.of(dict(row)) for row in rows}
    category = found.get(code)
    if category is None or not (category.open or closed):
        return None
    above = found.get(category.parent or "")
    return category if above is None else replace(category, **_days(above, category))


def hints(categories: Iterable[Category]) -> tuple[Hint, ...]:
    """What `suggestion.suggest` looks for."""
    return tuple(Hint(each.code, each.parent, each.keywords) for each in categories)


def put(
    session: Session, given: Sequence[Category], *, reason: str, actor: str | None = None, close_others: bool = False
) -> dict[str, int]:
    """Write categories down, each under its code, and each change into the history; all of them or none.

    :param actor: account of the member of staff; None for an operator.
    :param close_others: close every category that is not given.
    :returns: how many were ``added``, ``changed``, ``closed`` and ``reopened``.
    :raises BadList: if the tree would not be right afterwards.
    """
    before = {each.code: each for each in every(session, closed=True)}
    named = {each.code for each in given}
    shut = [replace(each, open=False) for each in before.values() if close_others and each.open and each.code not in named]
    after = before | {each.code: each for each in [*given, *shut]}
    if wrong := faults(list(after.values()), BOARDS):
        raise BadList(wrong)
    counted = dict.fromkeys((ADDED, CHANGED, CLOSED, REOPENED), 0)
    for place, category in enumerate([*given, *shut]):
        old = before.get(category.code)
        if old == category:
            continue
        kind = _kind(old, category)
        counted[kind] += 1
        row = category.as_dict()
        if old is None:
            session.execute(sa.insert(table).values(row | {"place": len(before) + place}))
        else:
            session.execute(sa.update(table).where(table.c.code == category.code).values(row))
        said = {"at": clock.now(), "code": category.code, "kind": kind, "actor": actor, "reason": reason}
        session.execute(sa.insert(changes).values(**said, before=old.as_dict() if old else None, after=row))
    return counted


@dataclass(frozen=True)
class Change:
    """One line of a category's history."""

    at: datetime
    code: str
    kind: str
    actor: str | None
    reason: str
    before: dict[str, Any] | None
    after: dict[str, Any]


def history(session: Session, code: str) -> list[Change]:
    """What has been done to a category, the latest first."""
    columns = [changes.c[name] for name in Change.__dataclass_fields__]
    query = sa.select(*columns).where(changes.c.code == code).order_by(changes.c.seq.desc())
    return [Change(*row) for row in session.execute(query)]


def _parent_of(code: str) -> sa.ScalarSelect[Any]:
    return sa.select(table.c.parent).where(table.c.code == code).scalar_subquery()


def _days(above: Category, category: Category) -> dict[str, Any]:
    own = {name: getattr(category, name) for name in DAYS}
    return {name: getattr(above, name) if days is None else days for name, days in own.items()}


def _kind(old: Category | None, new: Category) -> str:
    if old is None:
        return ADDED
    if old.open != new.open:
        return REOPENED if new.open else CLOSED
    return CHANGED
