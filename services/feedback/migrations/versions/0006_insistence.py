"""What in an answer sends the citizen to another office, and the steps at which a director insisted on it (F4)."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column, and an index for the report's count."""
    op.add_column("answers", sa.Column("phrases", sa.JSON(), nullable=True))
    insisted = sa.text("kind = 'insisted'")
    op.create_index(
        "complaint_steps_insisted",
        "complaint_steps",
        ["at"],
        postgresql_include=["complaint_no"],
        postgresql_where=insisted,
        sqlite_where=insisted,
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("complaint_steps_insisted", "complaint_steps")
    op.drop_column("answers", "phrases")
