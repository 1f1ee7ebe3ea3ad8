"""Categories and their history, holidays, responsible staff, each with the shipped list; and periodic reports."""

import csv
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

from services.chassis import clock
from services.chassis.calendar.holidays import SHIPPED as HOLIDAYS
from services.chassis.ids import uuid7

revision = "0002"
down_revision = "0001"

_DATA = Path(__file__).parents[2] / "data"
_VIETNAM = timedelta(hours=7)
_DAYS = ("acknowledge_days", "route_days", "answer_days", "warn_days", "board_days", "centre_days")
_SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def _text(name: str, *, key: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), primary_key=key, nullable=False)


def _shipped(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def upgrade() -> None:
    """Create and fill the tables."""
    _create_categories()
    holidays = op.create_table("holidays", sa.Column("day", sa.Date(), primary_key=True), _text("kind"), _text("why"))
    days = sa.Date().python_type
    op.bulk_insert(holidays, [row | {"day": days.fromisoformat(row["day"])} for row in _shipped(HOLIDAYS)])
    responsible = op.create_table(
        "responsible",
        _text("kind", key=True),
        _text("code", key=True),
        *(_text(name) for name in ("office", "title", "name", "email", "phone")),
        sa.Column("example", sa.Boolean(), nullable=False),
    )
    op.bulk_insert(responsible, [row | {"example": row["example"] == "yes"} for row in _shipped(_DATA / "responsible.csv")])
    _create_reports()


def _create_categories() -> None:
    categories = op.create_table(
        "categories",
        _text("code", key=True),
        sa.Column("parent", sa.Text()),
        _text("board"),
        _text("name"),
        *(sa.Column(name, sa.Integer()) for name in _DAYS),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("examples", sa.JSON(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
    )
    changes = op.create_table(
        "category_changes",
        sa.Column("seq", _SEQ, sa.Identity(), primary_key=True),
        sa.Column("at", _MOMENT, nullable=False),
        _text("code"),
        _text("kind"),
        sa.Column("actor", sa.Text()),
        _text("reason"),
        sa.Column("before", sa.JSON(none_as_null=True)),
        sa.Column("after", sa.JSON(), nullable=False),
    )
    op.create_index("category_changes_code", "category_changes", ["code", "seq"])
    rows = [_category(row) for row in _shipped(_DATA / "categories.csv")]
    op.bulk_insert(categories, [row | {"place": place} for place, row in enumerate(rows)])
    first = {"at": clock.now(), "kind": "added", "actor": None, "reason": "Danh mục ban đầu", "before": None}
    op.bulk_insert(changes, [first | {"code": row["code"], "after": row} for row in rows])
    _changes_only_grow()


def _category(row: dict[str, str]) -> dict[str, Any]:
    return {
        "code": row["code"],
        "parent": row["parent"] or None,
        "board": row["board"],
        "name": row["name"],
        **{name: int(row[name]) if row[name] else None for name in _DAYS},
        "keywords": _parts(row["keywords"]),
        "examples": _parts(row["examples"]),
        "open": True,
    }


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _changes_only_grow() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER category_changes_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON category_changes "
            "FOR EACH STATEMENT EXECUTE FUNCTION steps_only_grow()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER category_changes_no_{change.lower()} BEFORE {change} ON category_changes "
            "BEGIN SELECT RAISE(ABORT, 'the history only grows'); END"
        )


def _create_reports() -> None:
    """Create the table of periodic reports (F6) and plan the current week's and month's; each plans the next."""
    reports = op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _text("kind"),
        #: first day of the week or month
        sa.Column("first_day", sa.Date(), nullable=False),
        #: when the period is over: midnight in Vietnam
        sa.Column("ends_at", _MOMENT, nullable=False),
        _text("status"),
        sa.Column("made_at", _MOMENT),
        sa.Column("figures", sa.JSON(none_as_null=True)),
        #: file name → claim check
        sa.Column("files", sa.JSON(), nullable=False),
        sa.UniqueConstraint("kind", "first_day", name="reports_kind_first_day"),
    )
    planned = sa.text("status = 'planned'")
    op.create_index("reports_planned", "reports", ["ends_at"], postgresql_where=planned, sqlite_where=planned)
    today = (clock.now() + _VIETNAM).date()
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    next_month = (first + timedelta(days=31)).replace(day=1)
    op.bulk_insert(reports, [_planned("weekly", monday, monday + timedelta(days=7)), _planned("monthly", first, next_month)])
    _create_indexes()


def _create_indexes() -> None:
    """Create an index for each figure of a report, covering, so that PostgreSQL need not read the wide rows."""
    group = ["province_code", "board_code", "category_code"]
    op.create_index("complaints_received_at", "complaints", ["received_at"], postgresql_include=group)
    answered = [*group, "received_at", "answer_due"]
    op.create_index("complaints_answered_at", "complaints", ["answered_at"], postgresql_include=answered)
    rated = sa.text("rated_at IS NOT NULL")
    op.create_index(
        "complaints_rated_at",
        "complaints",
        ["rated_at"],
        postgresql_include=[*group, "rating"],
        postgresql_where=rated,
        sqlite_where=rated,
    )
    counted = sa.text("kind IN ('reopened', 'recategorised', 'reminded', 'overdue')")
    op.create_index(
        "complaint_steps_counted",
        "complaint_steps",
        ["at"],
        postgresql_include=["kind", "complaint_no"],
        postgresql_where=counted,
        sqlite_where=counted,
    )


def _planned(kind: str, first_day: Any, end: Any) -> dict[str, Any]:
    ends_at = clock.now().replace(year=end.year, month=end.month, day=end.day, hour=0, minute=0, second=0, microsecond=0)
    row: dict[str, Any] = {
        "id": uuid.UUID(str(uuid7())),
        "kind": kind,
        "first_day": first_day,
        "ends_at": ends_at - _VIETNAM,
    }
    return row | {"status": "planned", "made_at": None, "figures": None, "files": {}}


def downgrade() -> None:
    """Drop the tables; complaints keep the codes of category and board."""
    for name in ("complaint_steps_counted",):
        op.drop_index(name, "complaint_steps")
    for name in ("complaints_rated_at", "complaints_answered_at", "complaints_received_at"):
        op.drop_index(name, "complaints")
    for table in ("reports", "responsible", "holidays", "category_changes", "categories"):
        op.drop_table(table)
