"""What operators allow sweeps to do beyond their usual number of rows."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "sweep_allowances",
        sa.Column("sweep", sa.Text(), primary_key=True),
        sa.Column("rows_left", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("allowed_by", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    """Drop the table; sweeps that are held then stay held."""
    op.drop_table("sweep_allowances")
