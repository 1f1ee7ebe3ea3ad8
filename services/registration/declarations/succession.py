"""Make way for a new registration of the same code (I8): what is over, and waits only for the system, does not stand in its way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.database import Instant, ServiceSession
from services.registration.declarations.accounts import has_account
from services.registration.declarations.erasure import EXPIRED, WITHDRAWN, erase
from services.registration.declarations.refusals import AccountExists
from services.registration.declarations.rules import OPEN, UNFINISHED, Declaration


def over(now: Any) -> sa.ColumnElement[bool]:
    """Return a query condition: the last day has passed, or it was received, left unfinished, and that was told (I6)."""
    expired = sa.and_(Declaration.status == "submitted", Declaration.expires_at <= now)
    left = sa.and_(Declaration.status.in_(UNFINISHED), Declaration.left_at.is_not(None))
    return sa.func.coalesce(sa.or_(expired, left), sa.false())


_CODE: sa.BindParameter[str] = sa.bindparam("code", type_=sa.Text())
_SAME = (
    Declaration.bhxh_code == _CODE,
    Declaration.kind == "register",
    Declaration.status.in_(OPEN),
    over(sa.bindparam("now", type_=Instant())),
)
# built once; one query for what is nearly always two times no
_STANDING = sa.select(has_account(_CODE).label("account"), sa.exists().where(*_SAME).label("over"))
_OVER = sa.select(Declaration).where(*_SAME).with_for_update()


def make_way(session: ServiceSession, bhxh_code: str, now: datetime) -> None:
    """End the registration of this code that is over, so that another can be submitted; any other stays and forbids it (I8).

    :raises AccountExists: if the code has an account, as far as accounts has published.
    """
    given = {"code": bhxh_code, "now": now}
    standing = session.execute(_STANDING, given).one()
    if standing.account:
        raise AccountExists
    ended = session.scalar(_OVER, given) if standing.over else None
    if ended is None:
        return
    if ended.status == "submitted":
        ended.expire(now)
        erase(ended, EXPIRED)
    else:
        ended.withdraw(now)
        erase(ended, WITHDRAWN)
    session.flush()  # before the new one, which the unique index would refuse
