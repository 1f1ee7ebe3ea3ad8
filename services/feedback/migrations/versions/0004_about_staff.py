"""Complaints about staff (F9): whom a complaint is about, and the desk for those about a director."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_DESK = {
    "kind": "board",
    "code": "thanh-tra",
    "office": "Vụ Thanh tra - Kiểm tra",
    "title": "Vụ trưởng",
    "name": "",
    "email": "thanh-tra@bhxh.example",
    "phone": "",
    "example": True,
}


def upgrade() -> None:
    """Add the column, empty for all complaints so far, and the example of a desk."""
    op.add_column("complaints", sa.Column("about", sa.Text(), nullable=True))
    lines = sa.table("responsible", *(sa.column(name) for name in _DESK))
    op.execute(sa.insert(lines).values(**_DESK))


def downgrade() -> None:
    """Drop both; a complaint about staff becomes one like all others."""
    op.execute("DELETE FROM responsible WHERE kind = 'board' AND code = 'thanh-tra'")
    op.drop_column("complaints", "about")
