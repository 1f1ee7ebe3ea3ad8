"""Devices and addresses that an account knows (A13), and open codes of several askers beside each other (decision 48)."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    """Add the tables; let each asker have an open code: the release before closes those of all by itself, under the account's lock."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "known_devices",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("until", moment, nullable=False),
    )
    op.create_index("known_devices_device", "known_devices", ["account_id", "device"], unique=True)
    op.create_index("known_devices_token_hash", "known_devices", ["token_hash"])
    op.create_index("known_devices_until", "known_devices", ["until"])
    op.create_table(
        "known_addresses",
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("network_hash", sa.Text(), primary_key=True),
        sa.Column("until", moment, nullable=False),
    )
    op.create_index("known_addresses_until", "known_addresses", ["until"])
    op.add_column("otps", sa.Column("asker", sa.Text()))
    columns = ["account_id", "purpose", "asker"]
    op.create_index("otps_open_of_asker", "otps", columns, unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN)
    op.drop_index("otps_open", "otps")


def downgrade() -> None:
    """Close all open codes, so that the old index holds; drop the rest."""
    op.execute("UPDATE otps SET closed_at = CURRENT_TIMESTAMP WHERE closed_at IS NULL")
    op.drop_index("otps_open_of_asker", "otps")
    op.drop_column("otps", "asker")
    old = ["account_id", "purpose"]
    op.create_index("otps_open", "otps", old, unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN)
    op.drop_table("known_addresses")
    op.drop_table("known_devices")
