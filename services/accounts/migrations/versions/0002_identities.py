"""One open account a personal ID (V15): the column that a unique index guards, filled by the sweep `claim_identities`.

A column of its own: `personal_id` of an existing database may hold duplicates, and the previous release writes it unguarded.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_OPEN = "status <> 'stopped'"


def upgrade() -> None:
    """Add the column with its indexes, and the table of dossiers without effect (V12); no row is read, however many there are."""
    op.add_column("accounts", sa.Column("unique_id", sa.Text()))
    _partial_index("accounts_open_unique_id", "unique_id", f"{_OPEN} AND unique_id IS NOT NULL", unique=True)
    _partial_index("accounts_unclaimed_id", "id", f"{_OPEN} AND personal_id IS NOT NULL AND unique_id IS NULL")
    op.create_table(
        "dossiers_without_effect",
        sa.Column("dossier_no", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
    )


def _partial_index(name: str, column: str, where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, "accounts", [column], unique=unique, postgresql_where=condition, sqlite_where=condition)


def downgrade() -> None:
    """Drop the column; personal IDs stay."""
    op.drop_table("dossiers_without_effect")
    op.drop_index("accounts_unclaimed_id", "accounts")
    op.drop_index("accounts_open_unique_id", "accounts")
    op.drop_column("accounts", "unique_id")
