"""Cases, their documents and their history."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
#: release 0.2 knows the steps up to this one (services/chassis/database/migrations.py)
last_step_of = "0.2"

_MOMENT = sa.DateTime(timezone=True)


def _text(name: str, *, required: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=not required)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("dossier_no", sa.Text(), nullable=False, unique=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        *(_text(name, required=True) for name in ("status", "kind", "route", "channel", "filing", "office_code")),
        sa.Column("submitted_at", _MOMENT, nullable=False),
        *(sa.Column(name, _MOMENT) for name in ("expires_at", "received_at", "id_shown_at", "resumed_at", "decided_at")),
        sa.Column("office", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        _text("bhxh_code"),
        *(sa.Column(name, sa.JSON()) for name in ("subject", "contact", "guardian", "hgd")),
        _text("hgd_outcome"),
        sa.Column("hgd_at", _MOMENT),
        sa.Column("check_no", sa.Integer(), nullable=False),
        *(_text(name) for name in ("received_office_code", "assessed_by", "assessed_office_code", "reason_code", "reason")),
        *(_text(name) for name in ("claimed_by", "claimed_office_code")),
        sa.Column("lease_until", _MOMENT),
    )
    op.create_index("cases_newest", "cases", ["submitted_at", "dossier_no"])
    op.create_index("cases_status", "cases", ["status", "submitted_at", "dossier_no"])
    op.create_index("cases_office", "cases", ["office_code", "submitted_at", "dossier_no"])
    op.create_index("cases_bhxh_code", "cases", ["bhxh_code"])
    op.create_table(
        "attachments",
        sa.Column("dossier_no", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), primary_key=True),
        *(_text(name, required=True) for name in ("document_id", "sha256", "content_type")),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("first_at", _MOMENT, nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        _text("added_by"),
    )
    op.create_table(
        "ended_early",
        sa.Column("dossier_no", sa.Text(), primary_key=True),
        _text("status", required=True),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_table(
        "account_holders",
        sa.Column("account_id", sa.Text(), primary_key=True),
        _text("dossier_no", required=True),
        sa.Column("at", _MOMENT, nullable=False),
    )
    _create_history()


def _create_history() -> None:
    op.create_table(
        "history",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), primary_key=True),
        _text("dossier_no", required=True),
        sa.Column("at", _MOMENT, nullable=False),
        _text("action", required=True),
        *(_text(name) for name in ("actor", "role", "office_code")),
        sa.Column("details", sa.JSON(), nullable=False),
    )
    op.create_index("history_dossier_no", "history", ["dossier_no", "seq"])
    # it only grows (V13): not even our own code can change what is written
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION history_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'history only grows'; END $$"
        )
        op.execute(
            "CREATE TRIGGER history_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON history "
            "FOR EACH STATEMENT EXECUTE FUNCTION history_only_grows()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER history_no_{change.lower()} BEFORE {change} ON history "
            "BEGIN SELECT RAISE(ABORT, 'history only grows'); END"
        )


def downgrade() -> None:
    """Drop the tables; cases and their history are lost with them."""
    for table in ("history", "account_holders", "ended_early", "attachments", "cases"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION history_only_grows()")
