"""Make way for a new registration of the same code (I8): for what is over and waits only for the system, and for what a stranger filed.

A person who stands at a counter goes before who filed from afar: nobody is sent away because somebody else was quicker.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from services.chassis.database import Instant, ServiceSession
from services.registration.declarations.accounts import has_account
from services.registration.declarations.erasure import EXPIRED, WITHDRAWN, erase
from services.registration.declarations.rules import OPEN, UNFINISHED, Declaration


class Standing(NamedTuple):
    """What is known of a code when a declaration about it is submitted."""

    #: it has an account, as far as accounts has published
    account: bool
    #: a registration of it is open that the new one ends
    in_the_way: bool


def over(now: Any) -> sa.ColumnElement[bool]:
    """Return a query condition: the last day has passed, or it was received, left unfinished, and that was told (I6)."""
    expired = sa.and_(Declaration.status == "submitted", Declaration.expires_at <= now)
    left = sa.and_(Declaration.status.in_(UNFINISHED), Declaration.left_at.is_not(None))
    return sa.func.coalesce(sa.or_(expired, left), sa.false())


_CODE: sa.BindParameter[str] = sa.bindparam("code", type_=sa.Text())
_FROM_AFAR = sa.and_(Declaration.status == "submitted", Declaration.route != "counter")
_SAME = (
    Declaration.bhxh_code == _CODE,
    Declaration.kind == "register",
    Declaration.status.in_(OPEN),
    sa.or_(over(sa.bindparam("now", type_=Instant())), sa.and_(sa.bindparam("at_counter", type_=sa.Boolean()), _FROM_AFAR)),
)
# built once; one query for what is nearly always two times no
_STANDING = sa.select(has_account(_CODE).label("account"), sa.exists().where(*_SAME).label("in_the_way"))
_ENDED = sa.select(Declaration).where(*_SAME).with_for_update()


def standing(session: ServiceSession, declaration: Declaration, now: datetime) -> Standing:
    """Return what is known of the declaration's code."""
    found = session.execute(_STANDING, _given(declaration, now)).one()
    return Standing(found.account, found.in_the_way and declaration.kind == "register")


def make_way(session: ServiceSession, declaration: Declaration, *, number: str, now: datetime) -> None:
    """End the registration in the way of this one, so that it can be submitted; any other stays and forbids it (I8).

    What is over ends as it would have ended by itself; what was filed from afar is superseded at a counter.

    :param number: of the declaration that takes its place.
    """
    ended = session.scalar(_ENDED, _given(declaration, now))
    if ended is None:
        return
    if ended.status != "submitted":
        ended.withdraw(now)
        erase(ended, WITHDRAWN)
    elif ended.expires_at is not None and ended.expires_at <= now:
        ended.expire(now)
        erase(ended, EXPIRED)
    else:
        ended.withdraw(now, superseded_by=number)
        erase(ended, WITHDRAWN)
    session.flush()  # before the new one, which the unique index would refuse


def _given(declaration: Declaration, now: datetime) -> dict[str, Any]:
    return {"code": declaration.bhxh_code or "", "now": now, "at_counter": declaration.route == "counter"}
