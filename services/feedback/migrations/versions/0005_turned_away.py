"""Complaints that cannot wait (F10): a category of its own, the duty list, and their place at the top of every list."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_CATEGORY = {
    "code": "bi-tu-choi",
    "parent": None,
    "board": "chinh-sach-bhyt",
    "name": "Đang bị từ chối khám chữa bệnh hoặc quyền lợi (cần xử lý ngay)",
    "keywords": [
        "bị từ chối*2",
        "từ chối khám*4",
        "từ chối tiếp nhận*3",
        "không cho khám*4",
        "đang cấp cứu*4",
        "ngay bây giờ*2",
    ],
    "examples": ["Bệnh viện vừa từ chối thẻ BHYT của con tôi, cháu đang chờ ở phòng cấp cứu."],
    "open": True,
}


def upgrade() -> None:
    """Create the duty list, empty; give complaints their place; add the category unless somebody has one of that code."""
    op.create_table(
        "duty",
        sa.Column("province_code", sa.Text(), primary_key=True),
        sa.Column("phone", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
    )
    op.add_column("complaints", sa.Column("place", sa.Integer(), nullable=False, server_default="1"))
    for name in ("board", "province"):
        op.create_index(
            f"complaints_{name}_place",
            "complaints",
            [f"{name}_code", "place", "due_at", "complaint_no"],
            postgresql_where=sa.text("answered_at IS NULL"),
            sqlite_where=sa.text("answered_at IS NULL"),
        )
    categories = sa.table(
        "categories", *(sa.column(name) for name in _CATEGORY if name not in ("keywords", "examples")),
        sa.column("keywords", sa.JSON()), sa.column("examples", sa.JSON()), sa.column("place", sa.Integer()),
    )  # fmt: skip
    there = sa.select(sa.func.count()).select_from(categories).where(categories.c.code == _CATEGORY["code"])
    if not op.get_bind().scalar(there):
        last = op.get_bind().scalar(sa.select(sa.func.max(categories.c.place))) or 0
        op.execute(sa.insert(categories).values(**_CATEGORY, place=last + 1))


def downgrade() -> None:
    """Drop the list and the places; the category stays, because complaints may have it."""
    for name in ("board", "province"):
        op.drop_index(f"complaints_{name}_place", "complaints")
    op.drop_column("complaints", "place")
    op.drop_table("duty")
