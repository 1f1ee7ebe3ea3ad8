"""Messages that are held, or whose provider is asked what became of them; notices that providers send about themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("messages", sa.Column("held_at", sa.DateTime(timezone=True)))
    op.add_column("messages", sa.Column("receipt_due", sa.DateTime(timezone=True)))
    op.add_column("messages", sa.Column("receipts_asked", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("messages", sa.Column("certain", sa.Boolean(), nullable=False, server_default=sa.false()))
    due = sa.text("receipt_due IS NOT NULL")
    op.create_index("messages_receipt_due", "messages", ["receipt_due"], postgresql_where=due, sqlite_where=due)
    # what support looks at: those with a secret that did not arrive
    troubled = sa.text("code IS NOT NULL")
    op.create_index("messages_troubled", "messages", ["created_at"], postgresql_where=troubled, sqlite_where=troubled)
    op.create_table(
        "provider_notices",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Uuid()),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("provider_notices_received_at", "provider_notices", ["received_at"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("provider_notices")
    op.drop_index("messages_troubled", "messages")
    op.drop_index("messages_receipt_due", "messages")
    with op.batch_alter_table("messages") as messages:
        for name in ("certain", "receipts_asked", "receipt_due", "held_at"):
            messages.drop_column(name)
