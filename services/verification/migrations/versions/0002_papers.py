"""Corrections of the form, who comes with a child, and what else the form says."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns; the release before writes rows without them."""
    for column in (sa.Column("corrected_at", _MOMENT), sa.Column("parent", sa.JSON()), sa.Column("particulars", sa.JSON())):
        op.add_column("cases", column)


def downgrade() -> None:
    """Drop the columns, and with them what only they say."""
    for name in ("corrected_at", "parent", "particulars"):
        op.drop_column("cases", name)
