"""Tell whoever holds a session's token why and when it ended: every service refuses such a token, and says no more than that."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from weakref import WeakKeyDictionary

from flask import request

from services.accounts.accounts.rules import Account
from services.accounts.sessions.refusals import session_over
from services.accounts.sessions.rules import DeviceSession
from services.accounts.settings import Settings
from services.accounts.signing.keys import keys_of
from services.chassis.database import Database
from services.chassis.resources import Resources
from services.chassis.web.auth import InvalidToken, JwtVerifier

OPEN, IDLE, ENDED = "open", "idle", "ended"
#: a token that expired so long ago is nobody's any more: its key may be gone, too
_OLDEST_SECONDS = 7 * 86_400


@dataclass(frozen=True)
class Ending:
    """What has become of a session, in the shape of `schemas.SessionEnd`."""

    state: str
    at: datetime | None = None
    reason: str | None = None


def of_token(resources: Resources[Settings], token: str) -> Ending | None:
    """Return what has become of the session of this token, expired and revoked ones included; None if it is no token of ours, or too old."""
    try:
        claims = _verifier(resources)(token).claims
        account_id, session_id = UUID(claims["sub"]), UUID(str(claims.get("sid")))
    except (InvalidToken, ValueError):
        return None
    with resources.db.read() as session:
        found, account = session.get(DeviceSession, session_id), session.get(Account, account_id)
        if found is None or account is None or found.account_id != account.id:
            return None
        if found.ended_at is not None:
            return Ending(ENDED, found.ended_at, found.end_reason)
        if not found.is_over(account, resources.settings):
            return Ending(OPEN)
        return Ending(IDLE, found.over_at(account, resources.settings))


def of_bearer(resources: Resources[Settings]) -> Ending:
    """Return what has become of the session of the request's bearer token.

    :raises Problem: 401 if there is no token, or none of ours.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    ending = of_token(resources, token.strip()) if scheme.lower() == "bearer" else None
    if ending is None:
        raise session_over()
    return ending


_verifiers: WeakKeyDictionary[Database, JwtVerifier] = WeakKeyDictionary()


def _verifier(resources: Resources[Settings]) -> JwtVerifier:
    """Return a verifier of signatures that takes revoked tokens, and expired ones: they open nothing here."""
    if resources.db not in _verifiers:
        settings = resources.settings
        _verifiers[resources.db] = JwtVerifier(
            keys_of(resources).published,
            issuer=settings.token_issuer,
            audience=settings.token_audience,
            leeway_seconds=_OLDEST_SECONDS,
        )
    return _verifiers[resources.db]
