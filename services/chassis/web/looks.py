"""Who looked, and what for (V16): an operation that shows staff personal data is ``recorded``, and writes an entry before it answers.

::

    @api.route("/<no>")
    @auth.requires(*RECEIVERS)
    @api.recorded
    @api.response(200, CaseShown)
    def show(no):
        with resources.db.write() as session:          # the entry is committed with the look, or nothing is shown
            case = case_of(session, no)
            look(session, "case", no, because=work_in_hand(case, calling_officer()))
            return responses.shown(session, case)

What for is the name of the work that the caller has in hand (``own_claim``, ``own_office``, ``monitoring`` …). Where there is none, the
caller says it in the header ``X-Purpose``, without which nothing is shown (428). People who look at their own data leave no entry.
"""

from collections.abc import Collection
from datetime import timedelta
from functools import wraps
from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from flask import g
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.history import Act, add, history_entries
from services.chassis.history.table import MOST_NUMBERS
from services.chassis.observe.redaction import names_somebody
from services.chassis.text.bilingual import bilingual
from services.chassis.web import auth
from services.chassis.web.body import typed_header
from services.chassis.web.documented import View, described
from services.chassis.web.openapi import PURPOSE
from services.chassis.web.problem import Problem
from services.chassis.web.typed import Line
from services.chassis.web.wording import field_errors

HEADER = str(PURPOSE["name"])
_NAMES_SOMEBODY = bilingual(
    vi="Mục đích không được chứa số điện thoại, mã số hoặc địa chỉ e-mail của ai.",
    en="A purpose must not contain anybody's phone number, code or e-mail address.",
)
#: who is no member of staff; the last has yet to change a first password
_PEOPLE = frozenset({"", "citizen", "newcomer"})


def _must_name_nobody(text: str) -> None:
    if names_somebody(text):
        raise ma.ValidationError(_NAMES_SOMEBODY)


_PURPOSE = Line(5, 200, validate=[_must_name_nobody])


class NotRecorded(RuntimeError):  # noqa: N818  # a fault of the program, named for what it prevents
    """A recorded operation was about to show something to staff without an entry."""


def recorded(view: View) -> View:
    """Require that this view writes an entry (`look`) whenever it answers staff; below ``auth``, so that the caller is known."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        answer = view(*args, **kwargs)
        if by_staff() and not g.pop("looked", False):
            raise NotRecorded(view.__qualname__)
        return answer

    return described(wrapper, view, recorded=True)


def by_staff() -> bool:
    """Tell whether the caller is a member of staff, whose looks are recorded."""
    who = auth.caller()
    return who is not None and who.role not in _PEOPLE


def look(
    session: Session, kind: str, about: str | None = None, *, because: str | None, action: str = "viewed", **details: Any
) -> None:
    """Add the caller's look to the history in this transaction; nothing for people who look at their own.

    :param because: the work in hand that it is for; None: there is none, and the caller must say.
    :param details: further ids, kinds and numbers, nothing personal.
    :raises Problem: 428 where the caller must say what for and does not, 422 for a purpose that cannot be taken.
    """
    who = auth.caller()
    if who is None or not by_staff():
        return
    claims = {name: value for name in ("office", "board", "province") if isinstance(value := who.claims.get(name), str)}
    act = Act(
        actor=who.id,
        role=who.role,
        office_code=claims.get("office") or claims.get("board"),
        province_code=claims.get("province"),
        action=action,
        kind=kind,
        about=about,
        purpose=because or _stated(),
        details=details if because else details | {"stated": True},
    )
    add(session, act)
    g.looked = True


def look_at_list(session: Session, kind: str, numbers: Collection[str], *, because: str | None, **details: Any) -> None:
    """Add the caller's look at a page of a list: how many, and which numbers. As `look` otherwise."""
    shown = list(numbers)[:MOST_NUMBERS]
    look(session, kind, because=because, action="listed", count=len(numbers), numbers=shown, **details)


def nothing_shown() -> None:
    """Say that this answer holds only what anybody may see."""
    g.looked = True


def _stated() -> str:
    given = typed_header(HEADER)
    if given is None:
        raise Problem(428)
    try:
        return str(_PURPOSE.deserialize(given))
    except ma.ValidationError as error:
        raise Problem(422, "invalid-fields", errors=field_errors({"headers": {HEADER: error.messages}})) from None


def looked_lately(session: Session, actor: str, action: str, about: str, *, within: timedelta) -> bool:
    """Tell whether somebody's entry of this action about this number is younger than that."""
    columns = history_entries.c
    mine = (columns.about == about, columns.actor == actor, columns.action == action, columns.at > clock.now() - within)
    return session.scalar(sa.select(columns.seq).where(*mine).limit(1)) is not None
