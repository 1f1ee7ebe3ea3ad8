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
        chosen = sa.select(Declaration.dossier_no).where(*acted_on, Declaration.dossier_no > after)
        with database.read() as session:
            numbers = session.scalars(chosen.order_by(Declaration.dossier_no).limit(_CHUNK)).all()
        for number in numbers:
            # one at a time: a batch of messages locks its declarations in another order
            with database.write() as session:
                one = sa.select(Declaration).where(Declaration.dossier_no == number).with_for_update()
                if (declaration := session.scalar(one)) is not None:
                    record(session, _fact(declaration), revision=declaration.revision, correlation_id=number)
        if not numbers:
            return
        after = numbers[-1] or ""
        yield len(numbers)


def _fact(declaration: Declaration) -> DeclarationGivenBack:
    return DeclarationGivenBack(
        dossier_no=declaration.dossier_no,
        status=declaration.status,
        received_at=declaration.received_at,
        ended_at=declaration.ended_at,
        **(declaration.refusal or {"reason_code": None, "reason": None}),
    )
