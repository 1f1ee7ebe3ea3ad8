"""The corrections of the working-day calendar, as this release ships them, and the revision of feedback's list (W1)."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

#: services/chassis/calendar/holidays.csv when this migration was written
_SHIPPED = (
    (date(2026, 1, 2), "off", "Nghỉ bù Tết Dương lịch (hoán đổi với 10/01/2026)"),
    (date(2026, 1, 10), "work", "Làm bù cho 02/01/2026"),
)


def upgrade() -> None:
    """Create both tables."""
    holidays = op.create_table(
        "holidays",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
    )
    op.bulk_insert(holidays, [{"day": day, "kind": kind, "why": why} for day, kind, why in _SHIPPED])
    copied = op.create_table(
        "holidays_copied",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("revision", sa.Integer(), nullable=False),
    )
    op.bulk_insert(copied, [{"id": 1, "revision": 0}])


def downgrade() -> None:
    """Drop both tables; the list is feedback's."""
    op.drop_table("holidays_copied")
    op.drop_table("holidays")
