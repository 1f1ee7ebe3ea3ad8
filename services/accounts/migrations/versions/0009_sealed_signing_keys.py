"""Signing keys are kept sealed under SECRETS_KEY; the service seals those that are there when it reads them."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the column of the sealed key; the previous release does not write it."""
    op.add_column("signing_keys", sa.Column("box", sa.Text()))


def downgrade() -> None:
    """Take it away. With PREVIOUS_RELEASE_BESIDE=true every key has been put back in clear."""
    op.drop_column("signing_keys", "box")
