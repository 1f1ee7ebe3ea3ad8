"""How the declaration that opened an account was filed: the legal clock of the first password depends on it (I12)."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column; the release before writes rows without it."""
    op.add_column("accounts", sa.Column("filing", sa.Text()))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("accounts", "filing")
