"""Declarations, dossier numbers, and the accounts known from accounts' facts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_OPEN = "kind = 'register' AND status IN ('submitted', 'received', 'code_not_found', 'verified')"


def upgrade() -> None:
    """Create the tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "declarations",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("dossier_no", sa.Text(), nullable=False, unique=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("filing", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("case_revision", sa.Integer(), nullable=False),
        sa.Column("tracking_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("office", sa.JSON(), nullable=False),
        sa.Column("bhxh_code", sa.Text()),
        sa.Column("guardian_account_id", sa.Text()),
        sa.Column("subject", sa.JSON()),
        sa.Column("contact", sa.JSON()),
        sa.Column("guardian", sa.JSON()),
        sa.Column("particulars", sa.JSON()),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("refusal", sa.JSON()),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("submitted_at", moment),
        sa.Column("expires_at", moment),
        sa.Column("warned_at", moment),
        sa.Column("received_at", moment),
        sa.Column("ended_at", moment),
    )
    _partial_index("declarations_open_registration", "bhxh_code", _OPEN, unique=True)
    _partial_index("declarations_expires_at", "expires_at", "status = 'submitted'")
    _partial_index("declarations_drafts", "created_at", "status = 'draft'")
    op.create_table(
        "known_accounts",
        sa.Column("account_id", sa.Text(), primary_key=True),
        sa.Column("bhxh_code", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
    )
    op.create_index("known_accounts_bhxh_code", "known_accounts", ["bhxh_code"])
    op.create_table(
        "number_counters", sa.Column("day", sa.Text(), primary_key=True), sa.Column("taken", sa.Integer(), nullable=False)
    )


def _partial_index(name: str, column: str, where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, "declarations", [column], unique=unique, postgresql_where=condition, sqlite_where=condition)


def downgrade() -> None:
    """Drop the tables, and with them every declaration."""
    op.drop_table("number_counters")
    op.drop_table("known_accounts")
    op.drop_table("declarations")
