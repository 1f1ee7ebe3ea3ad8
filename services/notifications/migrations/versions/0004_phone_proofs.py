"""Dossiers whose phone nobody has proved yet: they get the SMS with their number, and nothing else (I11); codes are erased early."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table; it holds numbers and no phones."""
    op.create_table(
        "phone_proofs",
        sa.Column("dossier_no", sa.Text(), primary_key=True),
        sa.Column("proved", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("phone_proofs_at", "phone_proofs", ["at"])
    codes = sa.text("template = 'phone_code' AND erased_at IS NULL")
    op.create_index("messages_phone_codes", "messages", ["created_at"], postgresql_where=codes, sqlite_where=codes)


def downgrade() -> None:
    """Drop the table."""
    op.drop_index("messages_phone_codes", "messages")
    op.drop_table("phone_proofs")
