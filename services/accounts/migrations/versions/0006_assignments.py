"""Which staff verification has been told of: it writes to them when a legal clock runs out (N)."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column, empty for staff from before, who are then told of; and an index of those."""
    op.add_column("accounts", sa.Column("assignment_told_at", sa.DateTime(timezone=True)))
    untold = sa.text("role != 'citizen' AND assignment_told_at IS NULL")
    op.create_index("accounts_assignment_untold", "accounts", ["id"], postgresql_where=untold, sqlite_where=untold)


def downgrade() -> None:
    """Drop index and column."""
    op.drop_index("accounts_assignment_untold", "accounts")
    op.drop_column("accounts", "assignment_told_at")
