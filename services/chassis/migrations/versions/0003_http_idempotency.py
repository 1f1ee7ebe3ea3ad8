"""Answers kept for repeated requests (Idempotency-Key)."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "http_idempotency",
        sa.Column("key_hash", sa.LargeBinary(32), primary_key=True),
        sa.Column("request_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("http_idempotency_answered_at", "http_idempotency", ["answered_at"])


def downgrade() -> None:
    """Drop the table; a repeated request is then carried out again."""
    op.drop_table("http_idempotency")
