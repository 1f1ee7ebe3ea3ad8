"""The pictures that an officer has asked a guardian for (702 app. 1 step 8)."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column, empty."""
    op.add_column("cases", sa.Column("awaited", sa.JSON()))


def downgrade() -> None:
    """Drop it; what was asked for stays in the history."""
    op.drop_column("cases", "awaited")
