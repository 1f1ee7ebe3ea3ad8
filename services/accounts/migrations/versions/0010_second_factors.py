"""Second factors of staff: TOTP, passkeys, recovery codes, sheets that allow enrolment, and the steps that wait for one (A12)."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_MOMENT = sa.DateTime(timezone=True)


def _own(*, unique: bool = False) -> sa.Column[uuid.UUID]:
    return sa.Column("account_id", sa.Uuid(), sa.ForeignKey("accounts.id"), nullable=False, unique=unique)


def upgrade() -> None:
    """Add the tables; sessions remember how their holder was recognised, those of the release before by a password alone."""
    op.create_table(
        "totps",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _own(),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("confirmed_at", _MOMENT),
        sa.Column("last_step", sa.BigInteger()),
    )
    op.create_index("totps_account_id", "totps", ["account_id"])
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _own(),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT),
    )
    op.create_index("passkeys_account_id", "passkeys", ["account_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("no", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("used_at", _MOMENT),
    )
    op.create_table(
        "sheets",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _own(unique=True),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("issued_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
    )
    op.create_index("sheets_expires_at", "sheets", ["expires_at"])
    op.create_table(
        "pending_steps",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _own(),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("asker", sa.Text(), nullable=False),
        sa.Column("device", sa.Text()),
        sa.Column("session_id", sa.Uuid()),
        sa.Column("new_password_hash", sa.Text()),
        sa.Column("issued_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("closed_at", _MOMENT),
    )
    op.create_index("pending_steps_account_id", "pending_steps", ["account_id"])
    op.create_index("pending_steps_expires_at", "pending_steps", ["expires_at"])
    op.add_column("sessions", sa.Column("factor", sa.Text()))
    op.add_column("sessions", sa.Column("factor_at", _MOMENT))
    ended = sa.text("ended_at IS NOT NULL")
    op.create_index("sessions_ended_at", "sessions", ["ended_at"], postgresql_where=ended, sqlite_where=ended)


def downgrade() -> None:
    """Drop all of it."""
    op.drop_index("sessions_ended_at", "sessions")
    op.drop_column("sessions", "factor_at")
    op.drop_column("sessions", "factor")
    for table in ("pending_steps", "sheets", "recovery_codes", "passkeys", "totps"):
        op.drop_table(table)
