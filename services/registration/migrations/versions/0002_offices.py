"""Receiving offices, with the shipped list: the provincial offices of today's map."""

import csv
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_SHIPPED = Path(__file__).parents[2] / "data" / "offices.csv"
_COLUMNS = ("code", "name", "province_code", "address", "phone")


def upgrade() -> None:
    """Create the table and fill it, so that a form can name an office before anybody has imported a list."""
    table = op.create_table(
        "offices",
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
    )
    op.create_index("offices_province_code", "offices", ["province_code"])
    with _SHIPPED.open(encoding="utf-8", newline="") as file:
        rows = [{name: row[name] for name in _COLUMNS} | {"open": True} for row in csv.DictReader(file)]
    op.bulk_insert(table, rows)


def downgrade() -> None:
    """Drop the table; declarations keep the office they named."""
    op.drop_table("offices")
