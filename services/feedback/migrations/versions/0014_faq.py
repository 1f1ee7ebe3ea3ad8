"""Questions that are often asked, with the shipped ones."""

import csv
from pathlib import Path

import sqlalchemy as sa
from alembic import op

from services.chassis import clock
from services.chassis.ids import uuid7

revision = "0014"
down_revision = "0013"

_SHIPPED = Path(__file__).parents[2] / "data" / "faq.csv"


def upgrade() -> None:
    """Create the table and fill it."""
    questions = op.create_table(
        "faq_questions",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.Text(), nullable=False, unique=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("theme", "question", "answer")),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("question_en", "answer_en")),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )
    with _SHIPPED.open(encoding="utf-8", newline="") as file:
        rows = [
            row
            | {
                "keywords": row["keywords"].split(";"),
                "id": uuid7(),
                "open": True,
                "place": place,
                "changed_at": clock.now(),
            }
            for place, row in enumerate(csv.DictReader(file), start=1)
        ]
    op.bulk_insert(questions, rows)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("faq_questions")
