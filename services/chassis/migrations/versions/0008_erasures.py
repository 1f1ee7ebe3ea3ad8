"""Whose data have to go from the facts that are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "fact_erasures",
        sa.Column("about", sa.Text(), primary_key=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Drop the table; what was asked for and is not done stays until the facts are pruned."""
    op.drop_table("fact_erasures")
