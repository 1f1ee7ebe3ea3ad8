"""What progress is counted by (R1), an index for each figure, and the periodic reports: the current week's and month's are planned."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from services.chassis import clock
from services.chassis.calendar import VIETNAM, today_in_vietnam
from services.chassis.ids import uuid7

revision = "0007"
down_revision = "0006"

_MOMENT = sa.DateTime(timezone=True)
_TEXTS = ("office_code", "province_code", "legal_clock", "reason_code")
_MOMENTS = ("complete_at", "decided_at", "due_at")
_GROUP = ["province_code", "office_code", "channel", "kind"]
#: name → column, condition, what a report reads besides: covering, so that PostgreSQL need not read the wide rows
_INDEXES = {
    "declarations_filed": ("submitted_at", "submitted_at IS NOT NULL", _GROUP),
    "declarations_received": ("received_at", "received_at IS NOT NULL AND submitted_at IS NOT NULL", _GROUP),
    "declarations_ended": (
        "ended_at",
        "ended_at IS NOT NULL AND submitted_at IS NOT NULL",
        [*_GROUP, "status", "submitted_at", "legal_clock", "due_at", "reason_code"],
    ),
    "declarations_open": ("submitted_at", "ended_at IS NULL AND submitted_at IS NOT NULL", _GROUP),
    # what an earlier release filed, until the sweep `count_declarations` has seen it
    "declarations_uncounted": ("submitted_at", "office_code IS NULL AND submitted_at IS NOT NULL", []),
}


def upgrade() -> None:
    """Add the columns, empty: the sweep fills in the office of what was filed before, without locking the table."""
    for name in _TEXTS:
        op.add_column("declarations", sa.Column(name, sa.Text()))
    for name in _MOMENTS:
        op.add_column("declarations", sa.Column(name, _MOMENT))
    for name, (column, where, more) in _INDEXES.items():
        condition = sa.text(where)
        op.create_index(
            name,
            "declarations",
            [column],
            postgresql_include=more or None,
            postgresql_where=condition,
            sqlite_where=condition,
        )
    reports = op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("made_at", _MOMENT),
        sa.Column("figures", sa.JSON(none_as_null=True)),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.UniqueConstraint("kind", "first_day", name="reports_kind_first_day"),
    )
    planned = sa.text("status = 'planned'")
    op.create_index("reports_planned", "reports", ["ends_at"], postgresql_where=planned, sqlite_where=planned)
    today = today_in_vietnam()
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    next_month = (first + timedelta(days=31)).replace(day=1)
    op.bulk_insert(reports, [_planned("weekly", monday, monday + timedelta(days=7)), _planned("monthly", first, next_month)])


def _planned(kind: str, first_day: date, end: date) -> dict[str, Any]:
    row = {"id": uuid.UUID(str(uuid7())), "kind": kind, "first_day": first_day}
    ends_at = datetime.combine(end, time(), VIETNAM).astimezone(clock.now().tzinfo)
    return row | {"ends_at": ends_at, "status": "planned", "made_at": None, "figures": None, "files": {}}


def downgrade() -> None:
    """Drop what was added; declarations lose what only reports read."""
    op.drop_table("reports")
    for name in _INDEXES:
        op.drop_index(name, "declarations")
    for name in (*_TEXTS, *_MOMENTS):
        op.drop_column("declarations", name)
