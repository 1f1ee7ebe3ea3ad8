"""Held posts: a form that meets a session that is over is kept for half an hour, and comes back filled in after signing in (pages.md §2.4).

What was typed lies in the service's own table, encrypted under a key that only this browser's cookie `vss_giu` has, without files and without
passwords. It is given back to the same account only, in the form of the page that it was sent from, with "Chưa gửi".
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from flask import Response, after_this_request, g, request
from flask import session as kept
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from werkzeug.datastructures import MultiDict

from services.chassis import clock
from services.chassis.database import Instant, chassis_metadata
from services.chassis.sweeps import Pruning
from services.chassis.web import auth, budgets
from services.chassis.web.budget_refusals import too_many_of_account
from services.chassis.web.pages import cookies, csrf
from services.chassis.web.resources import resources
from services.chassis.web.throttles import Budget, Limit

COOKIE: Final = "vss_giu"
LASTS: Final = timedelta(minutes=30)
#: in `vss_<service>`: whose pages these were
LAST_USER: Final = "sub"
#: names of fields that are never kept or shown again
SECRET: Final = frozenset({"password", "old_password", "new_password", "current_password", "otp", "recovery_code", "totp"})
#: the page that shows the form, where that is another than the form's address
PAGE_FIELD: Final = "_trang"
#: of the drawing (`once.py`): another one when it is drawn again
NUMBER_FIELD: Final = "_lan"
#: forms of one account that are kept in an hour
LIMIT: Final = "held"
_MOST_IN_AN_HOUR, _HOUR = 60, 3600
_LONGEST_KEY, _MOST_BYTES = 64, 256 * 1024

table = sa.Table(
    "held_posts",
    chassis_metadata,
    sa.Column("id", sa.LargeBinary(32), primary_key=True),
    sa.Column("box", sa.LargeBinary, nullable=False),
    sa.Column("until", Instant(), nullable=False),
    sa.Index("held_posts_until", "until"),
)

FORGET_HELD = Pruning("forget_held_posts", lambda now: sa.select(table.c.id).where(table.c.until < now))


@dataclass(frozen=True)
class Held:
    """A form that was kept: the page it belongs to, what was typed."""

    page: str
    fields: MultiDict[str, str]


def page_of_form() -> str:
    """Return the page that shows the form that was sent: its own address, or what `ui.form(…, action=…)` says."""
    named = request.form.get(PAGE_FIELD, "")
    own = f"/{resources.service}/"
    return named if named.startswith(own) else request.full_path.rstrip("?")


def typed() -> list[tuple[str, str]]:
    """Return what a person typed into the form in hand: no tokens, no passwords."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in (csrf.FIELD, PAGE_FIELD, NUMBER_FIELD) and name.rpartition(".")[2] not in SECRET
    ]


def keep() -> bool:
    """Keep the form in hand for whoever used this browser last. False: nobody did, or it is too long.

    :raises Problem: 429 for the sixty-first within an hour.
    """
    last, fields = kept.get(LAST_USER), typed()
    content = json.dumps({"sub": last, "page": page_of_form(), "fields": fields}).encode()
    if not last or len(content) > _MOST_BYTES:
        return False
    limit = Limit(budgets.Spent, f"{LIMIT}:account", _MOST_IN_AN_HOUR, _HOUR, too_many_of_account)
    budgets.count(Budget(((limit, str(last)),)))
    key = secrets.token_urlsafe(32)
    row = {"id": _id(key), "box": bytes(_box(key).encrypt(content)), "until": clock.now() + LASTS}
    with resources.db.write() as session:
        session.execute(sa.insert(table).values(row))

    @after_this_request
    def hand_over(response: Response) -> Response:
        _cookie(response, key, int(LASTS.total_seconds()))
        return response

    return True


def of_this_page() -> Held | None:
    """Return what was kept for the page in hand and the person who looks at it, if there is something."""
    if "held" not in g:
        g.held = _read()
    held: Held | None = g.held
    return held if held is not None and held.page.partition("?")[0] == request.path else None


def drop() -> None:
    """Forget what was kept for the page of the form in hand: it was sent."""
    key, held = request.cookies.get(COOKIE, ""), _read()
    if held is None or held.page.partition("?")[0] != page_of_form().partition("?")[0]:
        return
    with resources.db.write() as session:
        session.execute(sa.delete(table).where(table.c.id == _id(key)))

    @after_this_request
    def take_back(response: Response) -> Response:
        _cookie(response, "", 0)
        return response


def _read() -> Held | None:
    key, who = request.cookies.get(COOKIE, ""), auth.caller()
    if not key or len(key) > _LONGEST_KEY or who is None:
        return None
    with resources.db.read() as session:
        row = session.execute(sa.select(table).where(table.c.id == _id(key), table.c.until >= clock.now())).first()
    if row is None:
        return None
    try:
        content: dict[str, Any] = json.loads(_box(key).decrypt(row.box))
    except CryptoError:
        return None
    if content["sub"] != who.id:
        return None
    return Held(content["page"], MultiDict([(name, value) for name, value in content["fields"]]))


def _id(key: str) -> bytes:
    return hashlib.sha256(b"vss held post" + key.encode()).digest()


def _box(key: str) -> SecretBox:
    return SecretBox(hashlib.sha256(b"vss held box" + key.encode()).digest())


def _cookie(response: Response, key: str, seconds: int) -> None:
    secure = cookies.is_secure(resources.settings)
    response.set_cookie(
        COOKIE, key, max_age=seconds, path=f"/{resources.service}", secure=secure, httponly=True, samesite="Lax"
    )
