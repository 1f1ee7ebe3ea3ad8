"""An index for what is erased of declarations that were rejected long ago."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the index: only rejected ones whose data are still here are in it."""
    kept = sa.text("status = 'rejected' AND bhxh_code IS NOT NULL")
    op.create_index("declarations_rejected", "declarations", ["ended_at"], postgresql_where=kept, sqlite_where=kept)
