"""The legal clocks of cases, whom to tell of them (N), and a copy of the one holiday list that they count by (W1)."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_MOMENT = sa.DateTime(timezone=True)
#: the corrections known when this release was made; feedback publishes later ones
_SHIPPED = (
    (date(2026, 1, 2), "off", "Nghỉ bù Tết Dương lịch (hoán đổi với 10/01/2026)"),
    (date(2026, 1, 10), "work", "Làm bù cho 02/01/2026"),
)
_INDEXES = {
    "cases_alert": ("alert_at", "alert_at IS NOT NULL"),
    "cases_due": ("due_at", "due_at IS NOT NULL"),
    # complete cases of an earlier release, which the sweep `start_legal_clocks` looks for
    "cases_unclocked": (
        "id",
        "status IN ('new', 'received', 'checking', 'identity_unproved') AND complete IS NOT FALSE AND due_at IS NULL",
    ),
}


def upgrade() -> None:
    """Add columns and tables; the release before writes cases without the columns, and a sweep starts their clocks."""
    for name in ("clock_started_at", "due_at", "alert_at"):
        op.add_column("cases", sa.Column(name, _MOMENT))
    op.add_column("cases", sa.Column("alert_level", sa.Integer()))
    op.add_column("cases", sa.Column("province_code", sa.Text()))
    for name, (column, condition) in _INDEXES.items():
        where = sa.text(condition)
        op.create_index(name, "cases", [column], postgresql_where=where, sqlite_where=where)
    op.create_table(
        "staff_addresses",
        sa.Column("account_id", sa.Text(), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("role", "office_code", "province_code", "full_name", "email")),
        *(sa.Column(name, sa.Date()) for name in ("valid_from", "valid_until")),
    )
    op.create_index("staff_addresses_office", "staff_addresses", ["office_code"])
    op.create_index("staff_addresses_province", "staff_addresses", ["province_code", "role"])
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
    """Drop what only the clocks need; feedback keeps the list, accounts the staff."""
    for table in ("holiday_list", "holidays", "staff_addresses"):
        op.drop_table(table)
    for name in _INDEXES:
        op.drop_index(name, "cases")
    for name in ("clock_started_at", "due_at", "alert_at", "alert_level", "province_code"):
        op.drop_column("cases", name)
