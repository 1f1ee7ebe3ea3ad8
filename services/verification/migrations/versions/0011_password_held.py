"""Whether a first password is only held for an operator of the SMS account, and will go out by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column."""
    op.add_column("cases", sa.Column("password_held", sa.Boolean()))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("cases") as cases:
        cases.drop_column("password_held")
