"""The last day of the ten days (I6), when to warn and to close, and when somebody who came and left is told."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_MOMENTS = ("warn_at", "close_at", "left_due_at", "left_at")
_INDEXES = (
    ("declarations_last_day", "last_day", "status = 'submitted'"),
    ("declarations_warn_at", "warn_at", "status = 'submitted' AND warned_at IS NULL"),
    ("declarations_left_due_at", "left_due_at", "status IN ('received', 'code_not_found') AND left_at IS NULL"),
)


def upgrade() -> None:
    """Add the columns, empty. A sweep fills the days of the declarations that wait already."""
    op.add_column("declarations", sa.Column("last_day", sa.Date()))
    op.add_column("declarations", sa.Column("awaited", sa.JSON()))
    for name in _MOMENTS:
        op.add_column("declarations", sa.Column(name, sa.DateTime(timezone=True)))
    for name, column, where in _INDEXES:
        condition = sa.text(where)
        op.create_index(name, "declarations", [column], postgresql_where=condition, sqlite_where=condition)


def downgrade() -> None:
    """Drop them; the ten days then end at the hour of the confirmation."""
    for name, _column, _where in _INDEXES:
        op.drop_index(name, "declarations")
    for name in (*_MOMENTS, "awaited", "last_day"):
        op.drop_column("declarations", name)
