"""What desks need: words to search by, who has taken a complaint, texts not yet handed in, names of staff, indexes of the tabs."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_MOMENT = sa.DateTime(timezone=True)
_TABS = ["province_code", "status", "place", "due_at", "complaint_no"]
#: index → table, columns, rows in it
_PARTIAL = {
    "complaints_to_index": ("complaints", ["complaint_no"], "NOT searchable"),
    "complaints_owner": ("complaints", ["owner_id"], "owner_id IS NOT NULL"),
    "answers_waiting": ("answers", ["complaint_no"], "status = 'draft'"),
    "coordinations_open": ("coordinations", ["complaint_no"], "status = 'asked'"),
}


def upgrade() -> None:
    """Create them, empty; complaints that are there, or that the previous release files, are made searchable by a sweep."""
    op.add_column("complaints", sa.Column("searchable", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("complaints", sa.Column("owner_id", sa.Text()))
    op.add_column("complaints", sa.Column("owned_at", _MOMENT))
    op.create_table(
        "search_words",
        sa.Column("complaint_no", sa.Text(), primary_key=True),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
    )
    op.create_index("search_words_newest", "search_words", ["received_at", "complaint_no"])
    op.create_index("search_words_of_province", "search_words", ["province_code", "received_at", "complaint_no"])
    op.create_table(
        "staff_names", sa.Column("account_id", sa.Text(), primary_key=True), sa.Column("name", sa.Text(), nullable=False)
    )
    op.create_table(
        "drafts",
        sa.Column("complaint_no", sa.Text(), primary_key=True),
        sa.Column("writer", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_at", _MOMENT, nullable=False),
    )
    op.create_index("complaints_tabs", "complaints", _TABS)
    for name, (table, columns, rows) in _PARTIAL.items():
        op.create_index(name, table, columns, postgresql_where=sa.text(rows), sqlite_where=sa.text(rows))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX search_words_words ON search_words USING gin (array_to_tsvector(string_to_array(words, ' ')))"
        )


def downgrade() -> None:
    """Drop them."""
    for name, (table, _, _) in reversed(_PARTIAL.items()):
        op.drop_index(name, table)
    op.drop_index("complaints_tabs", "complaints")
    for table in ("drafts", "staff_names", "search_words"):
        op.drop_table(table)
    for column in ("owned_at", "owner_id", "searchable"):
        op.drop_column("complaints", column)
