"""HGĐ's advice on arrival, what the person was told of a difference, and why forbidden words were insisted on (V4, V7)."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_COLUMNS = ("advice", "advice_outcome", "advice_at", "questioned", "insisted_because")


def upgrade() -> None:
    """Add the columns."""
    op.add_column("cases", sa.Column("advice", sa.JSON(), nullable=True))
    op.add_column("cases", sa.Column("advice_at", sa.DateTime(timezone=True), nullable=True))
    for name in ("advice_outcome", "questioned", "insisted_because"):
        op.add_column("cases", sa.Column(name, sa.Text(), nullable=True))
    insisted = sa.text("insisted_because IS NOT NULL")
    op.create_index(
        "cases_insisted", "cases", ["submitted_at", "dossier_no"], postgresql_where=insisted, sqlite_where=insisted
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("cases_insisted", "cases")
    for name in _COLUMNS:
        op.drop_column("cases", name)
