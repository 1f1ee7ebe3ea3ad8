"""What accounts tells of its accounts (V12, V15), filled from the approved dossiers that are known to have opened or changed them."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_CHUNK = 1000
_HOLDERS = sa.table("account_holders", sa.column("account_id"), sa.column("dossier_no"))
_CASES = sa.table(
    "cases",
    *(sa.column(name) for name in ("dossier_no", "kind", "status", "bhxh_code")),
    *(sa.column(name, sa.JSON()) for name in ("subject", "contact")),
    sa.column("decided_at", sa.DateTime(timezone=True)),
)
_STOPS = _CASES.alias("stops")


def upgrade() -> None:
    """Create the table and fill it. Accounts tells the rest as it changes; a row of ours counts as older than any fact."""
    known = op.create_table(
        "known_accounts",
        sa.Column("account_id", sa.Text(), primary_key=True),
        sa.Column("bhxh_code", sa.Text(), nullable=False),
        sa.Column("personal_id", sa.Text()),
        sa.Column("full_name", sa.Text()),
        sa.Column("date_of_birth", sa.Text()),
        sa.Column("id_type", sa.Text()),
        sa.Column("id_number", sa.Text()),
        sa.Column("phone", sa.Text()),
        sa.Column("email", sa.Text()),
        sa.Column("address", sa.JSON()),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
    )
    op.create_index("known_accounts_bhxh_code", "known_accounts", ["bhxh_code"])
    op.create_index("known_accounts_personal_id", "known_accounts", ["personal_id"])
    if known is not None:
        for rows in _told_before():
            op.bulk_insert(known, rows)


def _told_before() -> Iterator[list[dict[str, Any]]]:
    """Yield a row for each account whose approved dossier is known, unless a later `stop` of the code was approved."""
    stopped = sa.exists().where(
        _STOPS.c.bhxh_code == _CASES.c.bhxh_code,
        _STOPS.c.kind == "stop",
        _STOPS.c.status == "approved",
        _STOPS.c.decided_at >= _CASES.c.decided_at,
    )
    query = (
        sa.select(_HOLDERS.c.account_id, _CASES.c.bhxh_code, _CASES.c.subject, _CASES.c.contact, stopped.label("stopped"))
        .join(_CASES, _CASES.c.dossier_no == _HOLDERS.c.dossier_no)
        .where(_CASES.c.status == "approved", _CASES.c.bhxh_code.is_not(None))
        .order_by(_HOLDERS.c.account_id)
        .limit(_CHUNK)
    )
    after = ""
    while rows := op.get_bind().execute(query.where(_HOLDERS.c.account_id > after)).all():
        after = rows[-1].account_id
        yield [_row(row) for row in rows]


def _row(row: Any) -> dict[str, Any]:
    subject, contact = row.subject or {}, row.contact or {}
    cccd = subject.get("id_number") if subject.get("id_type") == "cccd" else None
    return {
        "account_id": row.account_id,
        "bhxh_code": row.bhxh_code,
        "personal_id": subject.get("personal_id") or cccd,
        **{name: subject.get(name) for name in ("full_name", "date_of_birth", "id_type", "id_number")},
        **{name: contact.get(name) for name in ("phone", "email", "address")},
        "is_open": not row.stopped,
        "revision": -1,
    }


def downgrade() -> None:
    """Drop the table; accounts keeps what it has told."""
    op.drop_table("known_accounts")
