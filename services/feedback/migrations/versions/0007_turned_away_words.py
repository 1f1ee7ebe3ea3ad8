"""People who are turned away at this hour (F10) are found by the words they use: the two categories of refusals get the shipped words.

Only where they are as an earlier release shipped them; a deployment's own words stay.
"""

import csv
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

from services.chassis import clock

revision = "0007"
down_revision = "0006"

_LIST = Path(__file__).parents[2] / "data" / "categories.csv"
_DAYS = ("acknowledge_days", "route_days", "answer_days", "warn_days", "board_days", "centre_days")
_NOW, _PAST = "bi-tu-choi", "tu-choi-kham"
#: the first and the last keyword that each was shipped with, and how many there were
_AS_SHIPPED = {_NOW: ("bị từ chối*2", "ngay bây giờ*2", 6), _PAST: ("từ chối khám*4", "không cho dùng vssid*4", 11)}
_REASON = "Đang bị từ chối và đã bị từ chối là hai loại (F10)"
_CHANGED = ("parent", "name", "keywords", "examples")

_categories = sa.table(
    "categories",
    *(sa.column(name) for name in ("code", "parent", "board", "name", *_DAYS)),
    sa.column("keywords", sa.JSON()),
    sa.column("examples", sa.JSON()),
    sa.column("open", sa.Boolean()),
)
_changes = sa.table(
    "category_changes",
    sa.column("at", sa.DateTime(timezone=True)),
    *(sa.column(name) for name in ("code", "kind", "actor", "reason")),
    sa.column("before", sa.JSON()),
    sa.column("after", sa.JSON()),
)


def upgrade() -> None:
    """Replace the words of both, or of neither: each is told from the other by them."""
    query = sa.select(_categories).where(_categories.c.code.in_(_AS_SHIPPED))
    rows = {row["code"]: dict(row) for row in op.get_bind().execute(query).mappings()}
    if not all(_is_as_shipped(rows.get(code)) for code in _AS_SHIPPED) or rows[_PAST]["parent"] is None:
        return
    with _LIST.open(encoding="utf-8", newline="") as file:
        shipped = {row["code"]: row for row in csv.DictReader(file) if row["code"] in _AS_SHIPPED}
    for code, before in rows.items():
        words = {name: _parts(shipped[code][name]) for name in ("keywords", "examples")}
        # below the category that the other is below: equal in all that both have
        after = before | {"parent": rows[_PAST]["parent"], "name": shipped[code]["name"]} | words
        op.execute(sa.update(_categories).where(_categories.c.code == code).values({name: after[name] for name in _CHANGED}))
        line = {"at": clock.now(), "code": code, "kind": "changed", "actor": None, "reason": _REASON}
        op.execute(sa.insert(_changes).values(**line, before=before, after=after))


def downgrade() -> None:
    """Leave the words: the previous release reads them, too."""


def _is_as_shipped(row: dict[str, Any] | None) -> bool:
    if row is None or not row["open"] or not row["keywords"]:
        return False
    return (row["keywords"][0], row["keywords"][-1], len(row["keywords"])) == _AS_SHIPPED[row["code"]]


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]
