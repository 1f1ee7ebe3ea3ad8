"""Corrections by officers, letters, who comes with a child, and the documents that offices add."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the columns; the release before writes rows without them."""
    op.add_column("declarations", sa.Column("corrected_at", sa.DateTime(timezone=True)))
    op.add_column("declarations", sa.Column("letters_until", sa.DateTime(timezone=True)))
    op.add_column("declarations", sa.Column("parent", sa.JSON()))
    op.add_column("declarations", sa.Column("office_documents", sa.JSON()))


def downgrade() -> None:
    """Drop the columns, and with them what only they say."""
    for name in ("office_documents", "parent", "letters_until", "corrected_at"):
        op.drop_column("declarations", name)
