"""What people without a token of staff have asked for within the minute or the hour."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the table; its keys are hashes. A previous release does not count."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "http_budgets",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("until", moment, nullable=False),
    )
    op.create_index("http_budgets_until", "http_budgets", ["until"])


def downgrade() -> None:
    """Drop the counts."""
    op.drop_table("http_budgets")
