"""The customer-care centre as a receiving office of its own (3717 §3a), where the list lacks it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_OFFICES = sa.table(
    "offices",
    *(sa.column(name, sa.Text()) for name in ("code", "name", "province_code", "address", "phone")),
    sa.column("open", sa.Boolean()),
)
_CENTRE = {
    "code": "CSKH",
    "name": "Trung tâm Dịch vụ hỗ trợ, chăm sóc khách hàng",
    "province_code": "00",
    "address": "",
    "phone": "",
    "open": True,
}


def upgrade() -> None:
    """Add it, unless the shipped list of a new database or an operator has done so."""
    there = sa.select(_OFFICES.c.code).where(_OFFICES.c.code == _CENTRE["code"])
    if op.get_bind().execute(there).one_or_none() is None:
        op.bulk_insert(_OFFICES, [_CENTRE])


def downgrade() -> None:
    """Leave it: declarations may name it, and an operator may have imported it."""
