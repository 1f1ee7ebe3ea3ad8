"""The restores that a database has had."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "recoveries",
        sa.Column("generation", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    """Drop the table: readers would take the facts of a restored database as old ones."""
    op.drop_table("recoveries")
