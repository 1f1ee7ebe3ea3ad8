"""What the desk has taken up; a fact handled twice is there twice."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "handled",
        sa.Column("seq", sa.Integer(), sa.Identity(), primary_key=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("dossier_no", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
    )


def downgrade():
    op.drop_table("handled")
