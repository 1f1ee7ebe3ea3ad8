"""Let who stands at a counter go before who filed from afar (I8): nobody is sent away because a stranger was quicker."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from services.chassis.database import ServiceSession
from services.registration.declarations.erasure import WITHDRAWN, erase
from services.registration.declarations.rules import Declaration

_RIVALS = (
    sa.select(Declaration)
    .where(
        Declaration.bhxh_code == sa.bindparam("code", type_=sa.Text()),
        Declaration.kind == "register",
        Declaration.status == "submitted",
        Declaration.route != "counter",
    )
    .with_for_update()
)


def supersede_rivals(session: ServiceSession, declaration: Declaration, *, number: str, now: datetime) -> None:
    """Withdraw and erase the registrations of the same code, filed from afar, that no officer has received.

    :param number: of the declaration that takes their place.
    """
    for rival in session.scalars(_RIVALS, {"code": declaration.bhxh_code}):
        rival.withdraw(now, superseded_by=number)
        erase(rival, WITHDRAWN)
    session.flush()  # before the new one is submitted: the index of I8 allows one at a time
