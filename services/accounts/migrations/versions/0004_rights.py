"""Rights of staff with dates and a history, and the offices that rights may name (V11)."""

import csv
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_SHIPPED = Path(__file__).parents[2] / "data" / "offices.csv"
_COLUMNS = ("code", "name", "province_code")


def upgrade() -> None:
    """Add the dates, empty for staff from before: in force until somebody ends them; fill the offices with the provincial ones."""
    op.add_column("accounts", sa.Column("valid_from", sa.Date()))
    op.add_column("accounts", sa.Column("valid_until", sa.Date()))
    offices = op.create_table(
        "offices",
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
    )
    with _SHIPPED.open(encoding="utf-8", newline="") as file:
        rows = [{name: row[name] for name in _COLUMNS} | {"open": True} for row in csv.DictReader(file)]
    if offices is not None:
        op.bulk_insert(offices, rows)
    op.create_table(
        "rights_history",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), primary_key=True),
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("office", "province", "board")),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_until", sa.Date()),
    )
    op.create_index("rights_history_account_id", "rights_history", ["account_id", "seq"])
    _let_it_only_grow()


def _let_it_only_grow() -> None:
    """Refuse to change or delete what is written, to our own code, too."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION rights_history_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the history of rights only grows'; END $$"
        )
        op.execute(
            "CREATE TRIGGER rights_history_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON rights_history "
            "FOR EACH STATEMENT EXECUTE FUNCTION rights_history_only_grows()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER rights_history_no_{change.lower()} BEFORE {change} ON rights_history "
            "BEGIN SELECT RAISE(ABORT, 'the history of rights only grows'); END"
        )


def downgrade() -> None:
    """Drop dates, offices and history."""
    op.drop_table("rights_history")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION rights_history_only_grows()")
    op.drop_table("offices")
    op.drop_column("accounts", "valid_until")
    op.drop_column("accounts", "valid_from")
