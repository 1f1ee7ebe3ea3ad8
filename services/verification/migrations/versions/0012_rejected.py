"""An index for what is erased of cases that were rejected long ago."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the index: only rejected ones whose data are still here are in it."""
    kept = sa.text("status = 'rejected' AND bhxh_code IS NOT NULL")
    op.create_index("cases_rejected", "cases", ["decided_at"], postgresql_where=kept, sqlite_where=kept)
