"""An index for what is forgotten of complaints that were closed long ago."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the index: only closed ones whose words are still here are in it."""
    kept = sa.text("closed_at IS NOT NULL AND body <> ''")
    op.create_index("complaints_closed", "complaints", ["closed_at"], postgresql_where=kept, sqlite_where=kept)
