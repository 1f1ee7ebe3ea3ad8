"""Budgets of messages: what each has let through, and which messages were counted."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table, empty, and the column: what was sent before counts against no budget."""
    op.create_table(
        "message_budgets",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("message_budgets_until", "message_budgets", ["until"])
    op.add_column("messages", sa.Column("counted_at", sa.DateTime(timezone=True)))
