"""Facts kept after they were sent, numbered for each reader; and what a reader has seen of these numbers.

The tables of earlier releases stay as they are: one of them may still run beside this one, or come back.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables, and columns that an earlier release leaves empty."""
    op.create_table(
        "fact_log",
        sa.Column("number", _BIG, primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("public_body", sa.Text()),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.Column("holds_secret", sa.Boolean(), nullable=False),
        sa.Column("erased", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.current_timestamp()),
    )
    op.create_index("fact_log_about", "fact_log", ["about"])
    op.create_index("fact_log_told_at", "fact_log", ["told_at"])
    secrets = sa.text("holds_secret")
    op.create_index("fact_log_secrets", "fact_log", ["number"], postgresql_where=secrets, sqlite_where=secrets)
    op.create_table(
        "fact_numbering",
        sa.Column("one", sa.Integer(), sa.CheckConstraint("one = 1"), primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "fact_lanes",
        sa.Column("reader", sa.Text(), primary_key=True),
        sa.Column("numbered", sa.BigInteger(), nullable=False),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("stopped", sa.Text()),
    )
    op.add_column("inbox", sa.Column("origin", sa.Text()))
    op.add_column("inbox", sa.Column("number", sa.BigInteger()))
    numbered = sa.text("number IS NOT NULL")
    op.create_index("inbox_numbers", "inbox", ["origin", "number"], postgresql_where=numbered, sqlite_where=numbered)
    op.create_table(
        "fact_sources",
        sa.Column("origin", sa.Text(), primary_key=True),
        sa.Column("scanned", sa.BigInteger(), nullable=False),
        sa.Column("twice", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "fact_gaps",
        sa.Column("origin", sa.Text(), primary_key=True),
        sa.Column("first", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Drop what was made; which facts were told, and which are missing, is not known any more."""
    for table in ("fact_gaps", "fact_sources", "fact_lanes", "fact_numbering", "fact_log"):
        op.drop_table(table)
    op.drop_index("inbox_numbers", "inbox")
    with op.batch_alter_table("inbox") as inbox:
        inbox.drop_column("number")
        inbox.drop_column("origin")
