"""Open a citizen's account in one statement, which is built once: building it costs more than running it."""

import uuid
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from services.accounts.accounts.identities import personal_id_in
from services.accounts.accounts.roles import CITIZEN
from services.accounts.accounts.rules import PENDING, Account
from services.accounts.readers import IdentityVerified
from services.chassis import clock
from services.chassis.database import ServiceSession
from services.chassis.ids import uuid7_of

_TABLE: Any = Account.__table__


def open_account(session: ServiceSession, fact: IdentityVerified) -> uuid.UUID | None:
    """Open an account and return its id; None if the person already has one (A1), or somebody else has this personal ID (V15).

    Unique indexes settle races.
    """
    personal_id = personal_id_in(fact.subject)
    row = {
        # the reader's fields of a person have the names of the columns
        **fact.subject,
        **{name: fact.contact[name] for name in ("phone", "email", "address")},
        # the same again if a restored backup has this dossier settled anew: other services know the account by it
        "id": uuid7_of(fact.decided_at, fact.dossier_no),
        "role": CITIZEN,
        "status": PENDING,
        "revision": 0,
        "personal_id": personal_id,
        "unique_id": personal_id,
        "dossier_no": fact.dossier_no,
        "route": fact.route,
        "filing": fact.filing,
        "complete_at": fact.complete_at,
        "registered_as_of": fact.decided_at,
        "contact_as_of": fact.decided_at,
        "must_change": True,
        "created_at": clock.now(),
    }
    opened: uuid.UUID | None = session.scalar(_insert_unless_open(session.database.is_postgresql, tuple(row)), row)
    return opened


@cache
def _insert_unless_open(on_postgresql: bool, columns: tuple[str, ...]) -> Any:
    insert = postgresql.insert(_TABLE) if on_postgresql else sqlite.insert(_TABLE)
    # columns are named explicitly: taken from the row, SQLAlchemy would treat it as an insert of many rows
    values = {name: sa.bindparam(name, type_=_TABLE.c[name].type) for name in columns}
    # no index is named: that of the code and that of the personal ID count alike
    return insert.values(values).on_conflict_do_nothing().returning(_TABLE.c.id)
