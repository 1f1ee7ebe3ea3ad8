"""Requests of data subjects, and what each service answered."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the tables, empty."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "subject_requests",
        sa.Column("request_no", sa.Text(), primary_key=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("answered_at", moment),
        sa.Column("late_at", moment),
        sa.Column("private_key", sa.Text()),
    )
    op.create_table(
        "subject_answers",
        sa.Column("request_no", sa.Text(), primary_key=True),
        sa.Column("service", sa.Text(), primary_key=True),
        sa.Column("answered_at", moment, nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("erased", sa.JSON(), nullable=False),
        sa.Column("staying", sa.JSON(), nullable=False),
        sa.Column("sealed_records", sa.JSON()),
    )
