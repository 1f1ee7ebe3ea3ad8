"""Links that open one form without a code or a sign-in: the hash of each token, and until when it opens."""

import sqlalchemy as sa
from alembic import op

from services.chassis.database import Instant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "form_links",
        sa.Column("token_hash", sa.LargeBinary(32), primary_key=True),
        sa.Column("dossier_no", sa.Text(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
    )
    op.create_index("form_links_dossier", "form_links", ["dossier_no"])
    op.create_index("form_links_expires", "form_links", ["expires_at"])


def downgrade() -> None:
    """Drop the links; those who have one ask the hotline."""
    op.drop_table("form_links")
