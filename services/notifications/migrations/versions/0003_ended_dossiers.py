"""Dossiers whose declaration expired or was withdrawn, and when what was written about them is erased (I6)."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table, and the column, empty."""
    op.create_table(
        "ended_dossiers",
        sa.Column("ref", sa.Text(), primary_key=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.add_column("messages", sa.Column("erase_at", sa.DateTime(timezone=True)))
    due = sa.text("erased_at IS NULL AND erase_at IS NOT NULL")
    op.create_index("messages_erase_at", "messages", ["erase_at"], postgresql_where=due, sqlite_where=due)


def downgrade() -> None:
    """Drop them; addresses and texts are then kept as long as all others."""
    op.drop_index("messages_erase_at", "messages")
    op.drop_column("messages", "erase_at")
    op.drop_table("ended_dossiers")
