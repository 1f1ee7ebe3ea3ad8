"""Complaints, their steps, co-ordination and answers; and the offices, with the shipped list of provincial offices."""

import csv
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_SHIPPED = Path(__file__).parents[2] / "data" / "offices.csv"
_MOMENT = sa.DateTime(timezone=True)
_SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BOARDS = "('thu-so-the', 'chinh-sach-bhxh', 'chinh-sach-bhyt', 'cntt')"


def _text(name: str, *, required: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=not required)


def _moment(name: str, *, required: bool = False) -> "sa.Column[object]":
    return sa.Column(name, _MOMENT, nullable=not required)


def _number(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer(), nullable=False)


def _json(name: str, *, required: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.JSON(), nullable=not required)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "complaints",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("complaint_no", sa.Text(), nullable=False, unique=True),
        _number("revision"),
        _text("status", required=True),
        sa.Column("tracking_hash", sa.LargeBinary(32), nullable=False),
        _text("channel", required=True),
        sa.Column("province_code", sa.Text(), sa.CheckConstraint("province_code <> ''"), nullable=False),
        _json("office"),
        _text("category_code", required=True),
        sa.Column("board_code", sa.Text(), sa.CheckConstraint(f"board_code IN {_BOARDS}"), nullable=False),
        _json("terms"),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        _text("account_id"),
        _json("contact", required=False),
        _text("bhxh_code"),
        _text("subject_line", required=True),
        _text("body", required=True),
        *(_text(name) for name in ("question", "reply", "reopen_reason", "rating_comment")),
        _json("attachments"),
        _text("linked_to"),
        *(_moment(name, required=True) for name in ("received_at", "acknowledge_due", "routed_due", "answer_due", "due_at")),
        *(_moment(name) for name in ("acknowledged_at", "routed_at", "answered_at", "reopen_until", "reopened_at")),
        *(_moment(name) for name in ("closed_at", "rated_at", "paused_at", "paused_until", "next_at", "board_seen_at")),
        sa.Column("paused_once", sa.Boolean(), nullable=False),
        _text("unit"),
        _number("escalation_level"),
        _json("overdue_steps"),
        _json("warned_steps"),
        *(_number(name) for name in ("reminders", "recategorised", "reopened_count")),
        sa.Column("rating", sa.Integer()),
    )
    _partial_index("complaints_board", ["board_code", "due_at", "complaint_no"], "answered_at IS NULL")
    _partial_index("complaints_province", ["province_code", "due_at", "complaint_no"], "answered_at IS NULL")
    _partial_index("complaints_next_at", ["next_at"], "next_at IS NOT NULL")
    _create_beside()
    _create_offices()
    _province_never_changes()
    _steps_only_grow()


def _partial_index(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "complaints", columns, postgresql_where=condition, sqlite_where=condition)


def _create_beside() -> None:
    op.create_table(
        "complaint_steps",
        sa.Column("seq", _SEQ, sa.Identity(), primary_key=True),
        _text("complaint_no", required=True),
        _moment("at", required=True),
        _text("kind", required=True),
        _text("actor"),
        _text("role", required=True),
        _text("office_code"),
        _json("details"),
    )
    op.create_index("complaint_steps_complaint_no", "complaint_steps", ["complaint_no", "seq"])
    op.create_table(
        "answers",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _text("complaint_no", required=True),
        _number("version"),
        _text("status", required=True),
        _text("text", required=True),
        _moment("drafted_at", required=True),
        _text("drafted_by", required=True),
        _moment("decided_at"),
        _text("decided_by"),
        _text("remark"),
    )
    op.create_index("answers_complaint_no", "answers", ["complaint_no", "version"], unique=True)
    op.create_table(
        "coordinations",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *(_text(name, required=True) for name in ("complaint_no", "status", "office_code", "province_code", "question")),
        _json("office"),
        _text("asked_by", required=True),
        *(_moment(name, required=True) for name in ("asked_at", "due_at")),
        *(_moment(name) for name in ("answered_at", "ended_at", "overdue_at")),
    )
    op.create_index("coordinations_complaint_no", "coordinations", ["complaint_no"])
    op.create_index("coordinations_asked", "coordinations", ["province_code", "due_at", "id"])
    op.create_table(
        "coordination_messages",
        sa.Column("seq", _SEQ, sa.Identity(), primary_key=True),
        sa.Column("coordination_id", sa.Uuid(), nullable=False),
        _moment("at", required=True),
        *(_text(name, required=True) for name in ("account_id", "office_code", "words")),
    )
    op.create_index("coordination_messages_of", "coordination_messages", ["coordination_id", "seq"])
    op.create_table(
        "person_keys", sa.Column("complaint_no", sa.Text(), primary_key=True), sa.Column("key", sa.Text(), primary_key=True)
    )
    op.create_index("person_keys_key", "person_keys", ["key"])
    op.create_table(
        "number_counters", sa.Column("day", sa.Text(), primary_key=True), sa.Column("taken", sa.Integer(), nullable=False)
    )


def _create_offices() -> None:
    table = op.create_table(
        "offices",
        sa.Column("code", sa.Text(), primary_key=True),
        _text("name", required=True),
        _text("province_code", required=True),
        sa.Column("open", sa.Boolean(), nullable=False),
    )
    with _SHIPPED.open(encoding="utf-8", newline="") as file:
        rows = [
            {name: row[name] for name in ("code", "name", "province_code")} | {"open": True} for row in csv.DictReader(file)
        ]
    op.bulk_insert(table, rows)


def _province_never_changes() -> None:
    """Create the trigger that keeps accountability in place, even against our own code (F3, F4)."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION accountability_stays() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the accountable province never changes'; END $$"
        )
        op.execute(
            "CREATE TRIGGER accountability_stays BEFORE UPDATE OF province_code ON complaints FOR EACH ROW "
            "WHEN (OLD.province_code IS DISTINCT FROM NEW.province_code) EXECUTE FUNCTION accountability_stays()"
        )
        return
    op.execute(
        "CREATE TRIGGER accountability_stays BEFORE UPDATE OF province_code ON complaints "
        "WHEN OLD.province_code IS NOT NEW.province_code "
        "BEGIN SELECT RAISE(ABORT, 'the accountable province never changes'); END"
    )


def _steps_only_grow() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION steps_only_grow() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the history only grows'; END $$"
        )
        op.execute(
            "CREATE TRIGGER steps_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON complaint_steps "
            "FOR EACH STATEMENT EXECUTE FUNCTION steps_only_grow()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER steps_no_{change.lower()} BEFORE {change} ON complaint_steps "
            "BEGIN SELECT RAISE(ABORT, 'the history only grows'); END"
        )


def downgrade() -> None:
    """Drop the tables, and with them every complaint."""
    tables = ("offices", "number_counters", "person_keys", "coordination_messages", "coordinations", "answers")
    for table in (*tables, "complaint_steps", "complaints"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION steps_only_grow()")
        op.execute("DROP FUNCTION accountability_stays()")
