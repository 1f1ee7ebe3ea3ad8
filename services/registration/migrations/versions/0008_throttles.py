"""How many declarations one source has drafted and submitted within the hour."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the table; its keys are hashes."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "throttles",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("until", moment, nullable=False),
    )
    op.create_index("throttles_until", "throttles", ["until"])


def downgrade() -> None:
    """Drop the counts."""
    op.drop_table("throttles")
