"""E-mails to the mailbox of complaints, and when it is read next."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables; the mailbox is read as soon as one is named."""
    op.create_table(
        "incoming_emails",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("key", sa.Text(), nullable=False, unique=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("automatic", sa.Text(), nullable=True),
        sa.Column("taken_at", _MOMENT, nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("sender", "sender_name", "subject_line", "words")),
        sa.Column("cut", sa.Boolean(), nullable=False),
        sa.Column("named_complaint", sa.Text(), nullable=True),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("decided_at", _MOMENT, nullable=True),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("decided_by", "reason", "complaint_no")),
        sa.Column("forgotten_at", _MOMENT, nullable=True),
    )
    op.create_index("incoming_emails_state", "incoming_emails", ["state", "taken_at", "id"])
    op.create_index("incoming_emails_complaint", "incoming_emails", ["complaint_no"])
    rounds = op.create_table(
        "mailbox_rounds",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("next_at", _MOMENT, nullable=False),
        sa.Column("reading", sa.Boolean(), nullable=False),
        sa.Column("read_at", _MOMENT, nullable=True),
    )
    op.bulk_insert(
        rounds, [{"name": "inbox", "next_at": datetime(2026, 1, 1, tzinfo=UTC), "reading": False, "read_at": None}]
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("mailbox_rounds")
    op.drop_table("incoming_emails")
