"""What pages keep: the key of their sessions, and forms that met a session that was over."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the tables; a previous release has no pages."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "page_keys",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text()),
        sa.Column("box", sa.Text()),
        sa.Column("made_at", moment, nullable=False),
    )
    op.create_table(
        "held_posts",
        sa.Column("id", sa.LargeBinary(32), primary_key=True),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.Column("until", moment, nullable=False),
    )
    op.create_index("held_posts_until", "held_posts", ["until"])


def downgrade() -> None:
    """Drop what pages keep; forms that were being written are lost."""
    op.drop_table("held_posts")
    op.drop_table("page_keys")
