"""Sign-ins, good and failed; the token that a known device had before its newest one, which it may never have received."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the table and the columns; tokens that the release before gives out count as received."""
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("accounts.id")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("device", sa.Text()),
        sa.Column("network_hash", sa.Text()),
    )
    op.create_index("sign_ins_account", "sign_ins", ["account_id", "at"])
    op.create_index("sign_ins_at", "sign_ins", ["at"])
    op.add_column("known_devices", sa.Column("earlier_hash", sa.LargeBinary()))
    op.add_column("known_devices", sa.Column("received", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("known_devices", "received")
    op.drop_column("known_devices", "earlier_hash")
    op.drop_table("sign_ins")
