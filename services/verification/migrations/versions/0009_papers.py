"""Corrections of the form, letters, who comes with a child, and what else the form says."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_MOMENTS = ("corrected_at", "parent_id_shown_at", "letters_until")
_JSON = ("parent", "particulars", "letter")


def upgrade() -> None:
    """Add the columns; the release before writes rows without them."""
    for name in _MOMENTS:
        op.add_column("cases", sa.Column(name, sa.DateTime(timezone=True)))
    for name in _JSON:
        op.add_column("cases", sa.Column(name, sa.JSON()))
    op.add_column("cases", sa.Column("complete", sa.Boolean()))


def downgrade() -> None:
    """Drop the columns, and with them what only they say."""
    for name in (*_MOMENTS, *_JSON, "complete"):
        op.drop_column("cases", name)
