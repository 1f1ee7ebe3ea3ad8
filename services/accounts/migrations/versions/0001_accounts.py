"""Accounts, dossiers settled, guardians, sessions, one-time codes, throttles, signing keys."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
#: release 0.2 knows the steps up to this one (services/chassis/database/migrations.py)
last_step_of = "0.2"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("bhxh_code", sa.Text()),
        sa.Column("personal_id", sa.Text()),
        sa.Column("username", sa.Text()),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("date_of_birth", sa.Date()),
        sa.Column("id_type", sa.Text()),
        sa.Column("id_number", sa.Text()),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("address", sa.JSON()),
        sa.Column("office", sa.Text()),
        sa.Column("province", sa.Text()),
        sa.Column("board", sa.Text()),
        sa.Column("dossier_no", sa.Text()),
        sa.Column("route", sa.Text()),
        sa.Column("complete_at", _MOMENT),
        sa.Column("registered_as_of", _MOMENT),
        sa.Column("contact_as_of", _MOMENT),
        sa.Column("password_hash", sa.Text()),
        sa.Column("password_set_at", _MOMENT),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("reminded_at", _MOMENT),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("activated_at", _MOMENT),
        sa.Column("closed_at", _MOMENT),
    )
    # one account a person (A1), held by the database; who stopped it may register anew
    _partial_index("accounts_open_bhxh_code", "accounts", ["bhxh_code"], "status <> 'stopped'", unique=True)
    op.create_index("accounts_username", "accounts", ["username"], unique=True)
    _partial_index("accounts_personal_id", "accounts", ["personal_id"], "status <> 'stopped'")
    _partial_index("accounts_reminders", "accounts", ["password_set_at"], "status = 'active' AND reminded_at IS NULL")
    _partial_index("accounts_staff", "accounts", ["id"], "role <> 'citizen'")
    op.create_table(
        "dossiers",
        sa.Column("dossier_no", sa.Text(), primary_key=True),
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("decided_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "guardianships",
        sa.Column("child_id", sa.Uuid(), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("guardian_id", sa.Uuid(), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("relationship", sa.Text(), nullable=False),
        sa.Column("dossier_no", sa.Text(), nullable=False),
        sa.Column("linked_at", _MOMENT, nullable=False),
    )
    op.create_index("guardianships_guardian_id", "guardianships", ["guardian_id"])
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=False),
        sa.Column("tokens_until", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.Column("end_reason", sa.Text()),
    )
    # one device at a time (A7), held by the database
    _partial_index("sessions_open", "sessions", ["account_id"], "ended_at IS NULL", unique=True)
    op.create_index("sessions_used_at", "sessions", ["used_at"])
    op.create_table(
        "otps",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("accounts.id")),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("issued_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("closed_at", _MOMENT),
        sa.Column("session_id", sa.Uuid()),
        sa.Column("device", sa.Text()),
        sa.Column("new_password_hash", sa.Text()),
    )
    _partial_index("otps_open", "otps", ["account_id", "purpose"], "closed_at IS NULL", unique=True)
    op.create_index("otps_expires_at", "otps", ["expires_at"])
    op.create_table(
        "throttles",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
    )
    op.create_index("throttles_until", "throttles", ["until"])
    op.create_table(
        "signing_keys",
        sa.Column("kid", sa.Text(), primary_key=True),
        sa.Column("jwk", sa.Text(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("signs_from", _MOMENT, nullable=False),
        sa.Column("replaced_at", _MOMENT),
    )


def _partial_index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, postgresql_where=sa.text(where), sqlite_where=sa.text(where))


def downgrade() -> None:
    """Drop the tables, and every account with them."""
    for table in ("signing_keys", "throttles", "otps", "sessions", "guardianships", "dossiers", "accounts"):
        op.drop_table(table)
