"""Codes that prove the phone of a draft (I11), and whether a declaration's phone is proved: until now it counted as such."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the table and add the column."""
    op.create_table(
        "phone_codes",
        sa.Column("declaration_id", sa.Uuid(), primary_key=True),
        sa.Column("code_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
    )
    op.create_index("phone_codes_expires_at", "phone_codes", ["expires_at"])
    op.add_column("declarations", sa.Column("phone_proved", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    """Drop both."""
    op.drop_column("declarations", "phone_proved")
    op.drop_table("phone_codes")
