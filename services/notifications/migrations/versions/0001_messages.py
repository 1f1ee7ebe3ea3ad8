"""Messages."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("address", sa.Text()),
        sa.Column("text", sa.Text()),
        sa.Column("segments", sa.Integer()),
        sa.Column("provider_id", sa.Text()),
        sa.Column("code", sa.Text()),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True)),
        sa.Column("watched_until", sa.DateTime(timezone=True)),
        sa.Column("missed", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("delivered_at", sa.DateTime(timezone=True)),
        sa.Column("failed_at", sa.DateTime(timezone=True)),
        sa.Column("erased_at", sa.DateTime(timezone=True)),
        sa.Column("revision", sa.Integer(), nullable=False),
    )
    op.create_index("messages_ref", "messages", ["ref", "created_at", "id"])
    op.create_index("messages_provider_id", "messages", ["provider_id"])
    # each serves one sweep and holds only what that sweep still has to look at
    _partial("messages_watched", ["watched_until"], "watched_until IS NOT NULL")
    _partial("messages_to_erase", ["created_at"], "erased_at IS NULL")


def _partial(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "messages", columns, postgresql_where=sa.text(where), sqlite_where=sa.text(where))


def downgrade() -> None:
    """Drop the table, and with it the record of what was sent."""
    op.drop_table("messages")
