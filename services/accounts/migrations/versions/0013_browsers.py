"""Whether a browser keeps a session's tokens, as a cookie that lives longer than an app's token."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the column; sessions that the release before begins are an app's."""
    op.add_column("sessions", sa.Column("browser", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("sessions", "browser")
