"""The letters that go with answers, and how many each sender has numbered in a year."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"


def upgrade() -> None:
    """Create the tables, empty: answers sent before have no letter."""
    op.create_table(
        "letters",
        sa.Column("complaint_no", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("signed_role", sa.Text(), nullable=True),
        sa.Column("signed_by", sa.Text(), nullable=True),
        sa.Column("scanned", sa.Boolean(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=True),
    )
    op.create_table(
        "letter_counters",
        sa.Column("sender", sa.Text(), primary_key=True),
        sa.Column("year", sa.Integer(), primary_key=True),
        sa.Column("last", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("letter_counters")
    op.drop_table("letters")
