"""Sessions that are over before their tokens end."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "revoked_sessions",
        sa.Column("session_id", sa.Text(), primary_key=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("revoked_sessions_until", "revoked_sessions", ["until"])


def downgrade() -> None:
    """Drop the table; tokens of revoked sessions are good again until they end."""
    op.drop_table("revoked_sessions")
