"""Make way for a new registration of the same code (I8): what is over, and waits only for the system, does not stand in its way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.database import ServiceSession
from services.registration.declarations.erasure import EXPIRED, WITHDRAWN, erase
from services.registration.declarations.rules import OPEN, UNFINISHED, Declaration


def over(now: Any) -> sa.ColumnElement[bool]:
    """Return a query condition: the last day has passed, or it was received, left unfinished, and that was told (I6)."""
    expired = sa.and_(Declaration.status == "submitted", Declaration.expires_at <= now)
    left = sa.and_(Declaration.status.in_(UNFINISHED), Declaration.left_at.is_not(None))
    return sa.func.coalesce(sa.or_(expired, left), sa.false())


def make_way(session: ServiceSession, bhxh_code: str, now: datetime) -> None:
    """End the registration of this code that is over, so that another can be submitted; any other stays and forbids it (I8)."""
    same = (Declaration.bhxh_code == bhxh_code, Declaration.kind == "register", Declaration.status.in_(OPEN))
    ended = session.scalar(sa.select(Declaration).where(*same, over(now)).with_for_update())
    if ended is None:
        return
    if ended.status == "submitted":
        ended.expire(now)
        erase(ended, EXPIRED)
    else:
        ended.withdraw(now)
        erase(ended, WITHDRAWN)
    session.flush()  # before the new one, which the unique index would refuse
