"""What accounts tell of an account's holder: a guardian's own name, phone and e-mail (I11), and the phone that may hear of the account (I8)."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_COLUMNS = ("full_name", "phone", "email")


def upgrade() -> None:
    """Add the columns; they fill as accounts tells."""
    for name in _COLUMNS:
        op.add_column("known_accounts", sa.Column(name, sa.Text()))


def downgrade() -> None:
    """Drop the columns."""
    for name in _COLUMNS:
        op.drop_column("known_accounts", name)
