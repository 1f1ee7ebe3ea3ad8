"""First passwords whose SMS did not arrive, as notifications tells, for whoever approved the dossier."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns, empty: of earlier failures nobody told."""
    op.add_column("cases", sa.Column("password_failed_at", sa.DateTime(timezone=True)))
    op.add_column("cases", sa.Column("password_failure", sa.Text()))
    failed = sa.text("password_failed_at IS NOT NULL")
    columns = ["submitted_at", "dossier_no"]
    op.create_index("cases_password_failed", "cases", columns, postgresql_where=failed, sqlite_where=failed)


def downgrade() -> None:
    """Drop the columns."""
    op.drop_index("cases_password_failed", "cases")
    op.drop_column("cases", "password_failure")
    op.drop_column("cases", "password_failed_at")
