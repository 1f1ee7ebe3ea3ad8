"""A copy of the one holiday list (W1): days off, days worked instead, and the revision of the list that was copied."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
#: release 0.2 knows the steps up to this one (services/chassis/database/migrations.py)
last_step_of = "0.2"

#: the corrections known when this release was made; feedback publishes later ones
_SHIPPED = (
    (date(2026, 1, 2), "off", "Nghỉ bù Tết Dương lịch (hoán đổi với 10/01/2026)"),
    (date(2026, 1, 10), "work", "Làm bù cho 02/01/2026"),
)


def upgrade() -> None:
    """Create the tables and fill them with the shipped list, which counts as revision 0."""
    holidays = op.create_table(
        "holidays",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
    )
    op.bulk_insert(holidays, [{"day": day, "kind": kind, "why": why} for day, kind, why in _SHIPPED])
    revisions = op.create_table("holiday_list", sa.Column("revision", sa.Integer(), nullable=False))
    op.bulk_insert(revisions, [{"revision": 0}])


def downgrade() -> None:
    """Drop the copy; feedback keeps the list."""
    op.drop_table("holiday_list")
    op.drop_table("holidays")
