"""Dated names of administrative units, with the shipped lines; offices that were shipped under the name of a province take the new one."""

import csv
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_SHIPPED = Path(__file__).parents[2] / "data" / "unit_names.csv"
_OFFICES = sa.table("offices", sa.column("code", sa.Text()), sa.column("name", sa.Text()))
#: what the releases before had shipped, and the name since the resolutions of 2026
_RENAMED = {
    "22": ("BHXH tỉnh Quảng Ninh", "BHXH Thành phố Quảng Ninh"),
    "24": ("BHXH tỉnh Bắc Ninh", "BHXH Thành phố Bắc Ninh"),
    "75": ("BHXH tỉnh Đồng Nai", "BHXH Thành phố Đồng Nai"),
}


def upgrade() -> None:
    """Create and fill the table. An office that an operator has named stays."""
    names = op.create_table(
        "unit_names",
        *(sa.Column(name, sa.Text(), primary_key=True) for name in ("map", "code")),
        sa.Column("valid_from", sa.Date(), primary_key=True),
        sa.Column("valid_until", sa.Date()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "state", "source")),
    )
    with _SHIPPED.open(encoding="utf-8", newline="") as file:
        rows = [
            row | {name: date.fromisoformat(row[name]) if row[name] else None for name in ("valid_from", "valid_until")}
            for row in csv.DictReader(file)
        ]
    op.bulk_insert(names, rows)
    for code, (before, after) in _RENAMED.items():
        op.execute(sa.update(_OFFICES).where(_OFFICES.c.code == code, _OFFICES.c.name == before).values(name=after))


def downgrade() -> None:
    """Drop the table; the offices keep their names."""
    op.drop_table("unit_names")
