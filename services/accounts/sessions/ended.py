"""`/ended-sessions.json`: publish which sessions of staff have ended while a token of theirs may still be good.

Other services hear of it by `session_revoked`; this is for when the broker is down (`chassis/web/ended.py`).
"""

from datetime import timedelta

import marshmallow as ma
import sqlalchemy as sa
from flask import Response, jsonify
from sqlalchemy.orm import Session

from services.accounts.accounts.lookup import IS_STAFF
from services.accounts.accounts.rules import Account
from services.accounts.sessions.rules import LEEWAY, DeviceSession
from services.chassis import clock
from services.chassis.web import budgets
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.ended import MOST, NAME, hash_session
from services.chassis.web.resources import resources

ended = Blueprint("ended", description="Ended sessions of staff")


class EndedSchema(ma.Schema):
    """Hashes of session ids, which tell nothing about people."""

    ended = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "SHA-256 of `sid`, first 32 digits"})


@ended.route(f"/{NAME}")
@budgets.uncounted(
    "every service depends on it while the broker is away: a count would let strangers keep ended sessions alive"
)
@ended.response(200, EndedSchema)
def list_ended() -> Response:
    """Return the ended sessions of staff whose tokens have not expired"""
    with resources.db.read() as session:
        answer = jsonify({"ended": [hash_session(str(id_)) for id_ in _ended(session)]})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _ended(session: Session) -> list[object]:
    now = clock.now()
    longest = now - timedelta(seconds=resources.settings.token_seconds) - LEEWAY
    still_good = sa.select(DeviceSession.id).where(
        DeviceSession.ended_at > longest, DeviceSession.tokens_until > now - LEEWAY
    )
    of_staff = still_good.join(Account, Account.id == DeviceSession.account_id).where(IS_STAFF)
    return list(session.scalars(of_staff.order_by(DeviceSession.ended_at.desc()).limit(MOST)))
