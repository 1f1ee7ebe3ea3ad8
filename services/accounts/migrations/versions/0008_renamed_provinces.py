"""Offices that were shipped under the name of a province take its name since the resolutions of 2026 (W3)."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_OFFICES = sa.table("offices", sa.column("code", sa.Text()), sa.column("name", sa.Text()))
#: what the releases before had shipped, and the name since
_RENAMED = {
    "22": ("BHXH tỉnh Quảng Ninh", "BHXH Thành phố Quảng Ninh"),
    "24": ("BHXH tỉnh Bắc Ninh", "BHXH Thành phố Bắc Ninh"),
    "75": ("BHXH tỉnh Đồng Nai", "BHXH Thành phố Đồng Nai"),
}


def upgrade() -> None:
    """Rename them. An office that an operator has named stays."""
    for code, (before, after) in _RENAMED.items():
        op.execute(sa.update(_OFFICES).where(_OFFICES.c.code == code, _OFFICES.c.name == before).values(name=after))


def downgrade() -> None:
    """Leave the names: the previous release shows them, too."""
