"""Count the changes of the calendar, which are published to the other services (W1)."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
#: release 0.2 knows the steps up to this one (services/chassis/database/migrations.py)
last_step_of = "0.2"


def upgrade() -> None:
    """Create the table with its one row."""
    table = op.create_table(
        "calendar_revision",
        sa.Column("calendar", sa.Text(), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
    )
    op.bulk_insert(table, [{"calendar": "calendar", "revision": 0}])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("calendar_revision")
