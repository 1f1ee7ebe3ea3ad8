"""Jobs that are held for an operator, and how many copies of what a job sends there may be."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the columns. A previous release leaves them alone: to it a held job is one that waits."""
    op.add_column("jobs", sa.Column("unknown_outcomes", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("held_at", sa.DateTime(timezone=True)))
    op.add_column("jobs", sa.Column("held_for", sa.Text()))
    held = sa.text("held_for IS NOT NULL")
    op.create_index("jobs_held", "jobs", ["kind", "held_for"], postgresql_where=held, sqlite_where=held)


def downgrade() -> None:
    """Drop the columns; held jobs go on waiting."""
    op.drop_index("jobs_held", "jobs")
    with op.batch_alter_table("jobs") as jobs:
        jobs.drop_column("held_for")
        jobs.drop_column("held_at")
        jobs.drop_column("unknown_outcomes")
