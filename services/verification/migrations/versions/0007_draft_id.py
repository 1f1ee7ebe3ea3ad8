"""What registration called a declaration before it had its number: given back to a registration that was restored from a backup."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column."""
    op.add_column("cases", sa.Column("draft_id", sa.Text()))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("cases", "draft_id")
