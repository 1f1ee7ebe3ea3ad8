"""The personal ID of staff, of their own (V14); `personal_id` is that of a citizen's account."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column, empty for staff from before."""
    op.add_column("accounts", sa.Column("own_id", sa.Text()))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("accounts", "own_id")
