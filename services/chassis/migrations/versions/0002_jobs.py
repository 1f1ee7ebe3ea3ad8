"""Jobs: calls to the outside world, kept as rows."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text()),
        sa.Column("payload", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("may_have_run", sa.Boolean(), nullable=False),
        sa.Column("lease_token", sa.Uuid()),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text()),
        sa.Column("last_error", sa.Text()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("traceparent", sa.Text()),
        sa.Column("correlation_id", sa.Text()),
        sa.Column("causation_id", sa.Text()),
        sa.UniqueConstraint("kind", "key", name="jobs_kind_key"),
    )
    # each serves one question of the runner or of prune; finished rows are in one only, so a million of them cost no claim
    _partial_index("jobs_waiting", ["kind", "run_after"], "state = 'waiting'")
    _partial_index("jobs_running", ["lease_until"], "state = 'running'")
    _partial_index("jobs_ended", ["ended_at"], "ended_at IS NOT NULL")


def _partial_index(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "jobs", columns, postgresql_where=sa.text(where), sqlite_where=sa.text(where))


def downgrade() -> None:
    """Drop the table; calls not yet made are lost with it."""
    op.drop_table("jobs")
