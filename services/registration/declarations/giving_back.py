"""Give verification back what a restored backup of it forgot: how far each declaration has come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from services.chassis.bus.outbox import record
from services.chassis.database import Database
from services.registration.declarations.facts import DeclarationGivenBack
from services.registration.declarations.rules import Declaration

_CHUNK = 200


def give_back(database: Database, since: datetime) -> Iterator[int]:
    """Tell `DeclarationGivenBack` for each declaration that officers have acted on, unless it ended before ``since``.

    Yield how many, 200 at a time. Safe to repeat.
    """
    after = ""
    acted_on = (Declaration.case_revision > 0, sa.or_(Declaration.ended_at.is_(None), Declaration.ended_at >= since))
    while True:
        chosen = sa.select(Declaration).where(*acted_on, Declaration.dossier_no > after).order_by(Declaration.dossier_no)
        with database.write() as session:
            declarations = session.scalars(chosen.limit(_CHUNK).with_for_update()).all()
            for declaration in declarations:
                fact = DeclarationGivenBack(
                    dossier_no=declaration.dossier_no,
                    status=declaration.status,
                    received_at=declaration.received_at,
                    ended_at=declaration.ended_at,
                    **(declaration.refusal or {"reason_code": None, "reason": None}),
                )
                record(session, fact, revision=declaration.revision, correlation_id=declaration.dossier_no)
        if not declarations:
            return
        after = declarations[-1].dossier_no
        yield len(declarations)
