"""Two roads for SMS: by which one a message went, their shares, what they did wrong; what an e-mail needs should an SMS fail."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns, empty, and the tables; both roads rest at half."""
    op.add_column("messages", sa.Column("road", sa.Text()))
    op.add_column("messages", sa.Column("late_from", sa.DateTime(timezone=True)))
    op.add_column("messages", sa.Column("fallback", sa.Text()))
    sent = sa.text("late_from IS NOT NULL")
    op.create_index("messages_late_from", "messages", ["sent_at"], postgresql_where=sent, sqlite_where=sent)
    failed = sa.text("fallback IS NOT NULL AND status = 'failed'")
    op.create_index("messages_fallback", "messages", ["failed_at"], postgresql_where=failed, sqlite_where=failed)
    roads = op.create_table(
        "sms_roads",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("rest", sa.Integer(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
    )
    began = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [{"name": name, "rest": 50, "share": 50, "looked_at": began} for name in ("twilio", "aws")]
    op.bulk_insert(roads, rows)
    op.create_table(
        "sms_road_shifts",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("road", sa.Text(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
    )
    op.create_index("sms_road_shifts_at", "sms_road_shifts", ["at"])
    op.create_table(
        "sms_road_errors",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("road", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
    )
    op.create_index("sms_road_errors_at", "sms_road_errors", ["at"])


def downgrade() -> None:
    """Drop them; every SMS goes by Twilio."""
    for table in ("sms_road_errors", "sms_road_shifts", "sms_roads"):
        op.drop_table(table)
    op.drop_index("messages_fallback", "messages")
    op.drop_index("messages_late_from", "messages")
    with op.batch_alter_table("messages") as messages:
        for name in ("fallback", "late_from", "road"):
            messages.drop_column(name)
