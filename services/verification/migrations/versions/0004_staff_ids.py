"""The personal IDs of staff, as accounts tells them (V14)."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "staff_ids",
        sa.Column("account_id", sa.Text(), primary_key=True),
        sa.Column("own_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    """Drop the table; accounts keeps the IDs."""
    op.drop_table("staff_ids")
