"""Probe of personal IDs that several open accounts have: only databases from before V15 can hold them."""

from typing import Any

import sqlalchemy as sa

from services.accounts.accounts.lookup import OPEN
from services.accounts.accounts.rules import Account
from services.chassis.probes import Probe, Unwell
from services.chassis.resources import Resources

_SHOWN = 5
_REMEDY = (
    "A provincial office finds out whose number it is. A mistyped one is corrected by an `adjust`; of two accounts of one person "
    "the one that is no longer used is closed by a `stop` (V15)."
)


def _shared_ids(resources: Resources[Any]) -> str:
    """Name the dossiers that opened these accounts, never the IDs."""
    several = (
        sa.select(Account.personal_id)
        .where(OPEN, Account.personal_id.is_not(None))
        .group_by(Account.personal_id)
        .having(sa.func.count() > 1, sa.func.count(Account.unique_id) == 0)
    )
    with resources.db.read() as session:
        ids = session.scalars(several).all()
        if not ids:
            return "no personal ID is in two open accounts"
        opened_by = (
            sa.select(Account.dossier_no).where(OPEN, Account.personal_id == sa.bindparam("id")).order_by(Account.dossier_no)
        )
        shown = [" and ".join(no or "?" for no in session.scalars(opened_by, {"id": each})) for each in ids[:_SHOWN]]
    more = f"; and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    problem = f"{len(ids)} personal ID(s) are each in several open accounts, opened by dossiers {'; '.join(shown)}{more}"
    raise Unwell(problem, _REMEDY)


probes = (Probe("identities", _shared_ids, _REMEDY),)
