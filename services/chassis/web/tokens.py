"""Verification of this system's bearer tokens, and revoked sessions.

    http = Http(api.blueprints, verifier=tokens.verifier)

    def session_revoked(session, fact):                    # a handler
        tokens.revoke(session, fact.session_id, until=fact.tokens_until)

Tokens live for minutes. A service that hears of a revoked session remembers it until its last token has expired.
"""

import json
import threading
import time
import urllib.request
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.database import Database, Instant, chassis_metadata
from services.chassis.fetching import open_url
from services.chassis.observe import metrics
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources
from services.chassis.sweeps import Pruning
from services.chassis.web.auth import JwtVerifier
from services.chassis.web.ended import EndedSessions
from services.chassis.web.ended import read as read_ended

log = get_logger(__name__)

_JWKS_SECONDS, _MOST_JWKS_BYTES = 3.0, 256 * 1024
#: how long a process uses what it has read of the table
_REREAD_SECONDS = 1.0
_SAY_AGAIN_SECONDS = 60.0

revoked = sa.Table(
    "revoked_sessions",
    chassis_metadata,
    sa.Column("session_id", sa.Text(), primary_key=True),
    sa.Column("until", Instant(), nullable=False),
    sa.Index("revoked_sessions_until", "until"),
)

#: by the clock that is checked, and not whenever another session is revoked: a process that is ahead would forget live ones
FORGET_REVOKED = Pruning("forget_revoked_sessions", lambda now: sa.select(revoked.c.session_id).where(revoked.c.until < now))


def verifier(resources: Resources[Any]) -> JwtVerifier:
    """Make a verifier with the keys at ``JWKS_URL``, the sessions revoked in this service's database, and those of staff that accounts lists as ended."""
    settings, revoked_here = resources.settings, Revoked(resources.db)
    ended = EndedSessions(
        lambda: read_ended(settings.jwks_url.reveal()), service=resources.service, seconds=settings.ended_sessions_seconds
    )
    return JwtVerifier(
        lambda: read_jwks(settings.jwks_url.reveal()),
        issuer=settings.token_issuer,
        audience=settings.token_audience,
        is_revoked=lambda claims: revoked_here(claims) or ended(claims),
        on_ahead=Ahead(resources.service),
    )


def revoke(session: Session, session_id: str, *, until: datetime) -> None:
    """Refuse tokens whose claim ``sid`` is ``session_id``, from one second after the commit. Idempotent.

    :param until: when the last of its tokens expires; the row is deleted after that.
    """
    session.execute(sa.delete(revoked).where(revoked.c.session_id == session_id))
    session.execute(sa.insert(revoked).values(session_id=session_id, until=until))


class Revoked:
    """Tell whether the session of these claims is revoked. Reads the table at most once a second: it is small.

    Who comes before the first reading has ended waits for it: what is not known yet must not count as not revoked.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ids: frozenset[str] = frozenset()
        self._read_at = float("-inf")
        self._reading = threading.Lock()

    def __call__(self, claims: Mapping[str, Any]) -> bool:
        if time.monotonic() - self._read_at >= _REREAD_SECONDS:
            with self._reading:
                if time.monotonic() - self._read_at >= _REREAD_SECONDS:
                    self._read()
        return claims.get("sid") in self._ids

    def _read(self) -> None:
        began = time.monotonic()
        with self._database.read() as session:
            self._ids = frozenset(session.scalars(sa.select(revoked.c.session_id).where(revoked.c.until >= clock.now())))
        self._read_at = began


class Ahead:
    """Count tokens that were issued in this machine's future: its clock, or that of accounts, is wrong. They are good all the same.

    Measured with tokens that have been proved only, so nobody can raise the alarm at will.
    """

    def __init__(self, service: str) -> None:
        self._counted = metrics.of(service).tokens_ahead
        self._said_at = float("-inf")

    def __call__(self, seconds: float) -> None:
        self._counted.inc()
        if time.monotonic() - self._said_at >= _SAY_AGAIN_SECONDS:
            self._said_at = time.monotonic()
            log.warning("token_issued_ahead", seconds=round(seconds, 1))


def read_jwks(url: str) -> Mapping[str, Any]:
    """Return the set of keys that is published at ``url``, past any cache in between.

    :raises OSError: if there is no answer in time; ``ValueError`` for one that is no JSON; ``HTTPException`` for one that is no HTTP.
    """
    asked = urllib.request.Request(url, headers={"Cache-Control": "no-cache"})  # noqa: S310  # the scheme is checked by the setting
    with open_url(asked, _JWKS_SECONDS) as answer:
        keys: Mapping[str, Any] = json.loads(answer.read(_MOST_JWKS_BYTES))
        return keys
