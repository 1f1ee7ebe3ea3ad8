"""The keys that tokens are signed with, and the tokens (Ed25519 JWT, RFC 8037).

Several keys live side by side: the newest that signs, one that is published but signs later (so that every service has read
it by then), and old ones until the last token they signed has ended. With ``SIGNING_KEY`` they come from the environment.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, cast
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.accounts.model import Base
from services.accounts.settings import Settings, settings_of
from services.chassis import clock
from services.chassis.database import Database
from services.chassis.resources import Resources
from services.chassis.settings import Secret
from services.chassis.web.auth import JwtVerifier
from services.chassis.web.tokens import Revoked

_ALGORITHM: Final = "Ed25519"
#: how long a key is published before it signs, and after its last token has ended
_AHEAD, _BEHIND = timedelta(minutes=10), timedelta(minutes=10)
_REREAD_SECONDS = 5.0


class SigningKey(Base):
    """A private key kept in the database."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(primary_key=True)
    jwk: Mapped[str]
    created_at: Mapped[datetime]
    #: the newest key whose time has come is the one that signs
    signs_from: Mapped[datetime]
    #: when the key after it was made; None for the newest
    replaced_at: Mapped[datetime | None]


@dataclass(frozen=True)
class _Held:
    key: OKPKey = field(repr=False)
    signs_from: datetime | None


class Keys:
    """The keys of one process, re-read every few seconds."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._fixed = [_Held(key, None) for key in imported(settings.signing_key)] if settings.signing_key else []
        self._held: list[_Held] = self._fixed
        self._read_at = float("-inf")

    def signing(self) -> OKPKey:
        """The key that signs now."""
        held = self._keys()
        if self._fixed:
            return held[0].key
        now = clock.now()
        due = [one for one in held if one.signs_from is None or one.signs_from <= now]
        return (due or held)[-1].key

    def published(self) -> dict[str, Any]:
        """The JWK set that tokens are checked with: public parts only."""
        return cast(dict[str, Any], KeySet([one.key for one in self._keys()]).as_dict(private=False))

    def _keys(self) -> list[_Held]:
        if self._fixed or (self._held and time.monotonic() - self._read_at < _REREAD_SECONDS):
            return self._held
        rows = self._read()
        if not rows:
            with self._database.write() as session:
                make_first(session, clock.now())
            rows = self._read()
        self._held = [_Held(OKPKey.import_key(json.loads(row.jwk)), row.signs_from) for row in rows]
        self._read_at = time.monotonic()
        return self._held

    def _read(self) -> list[SigningKey]:
        with self._database.read() as session:
            return list(session.scalars(sa.select(SigningKey).order_by(SigningKey.signs_from, SigningKey.kid)))


_keys: WeakKeyDictionary[Database, Keys] = WeakKeyDictionary()


def keys_of(resources: Resources[Settings]) -> Keys:
    """The keys of this process's service."""
    found = _keys.get(resources.db)
    if found is None:
        found = _keys[resources.db] = Keys(resources.db, settings_of(resources))
    return found


def verifier(resources: Resources[Settings]) -> JwtVerifier:
    """The same check as in every service, but with our own keys read directly."""
    settings, keys = settings_of(resources), keys_of(resources)
    return JwtVerifier(
        keys.published,
        issuer=settings.token_issuer,
        audience=settings.token_audience,
        is_revoked=Revoked(resources.db),
        refresh_seconds=_REREAD_SECONDS,
    )


def sign(resources: Resources[Settings], claims: dict[str, Any], until: datetime) -> str:
    """A token with these claims, good until then."""
    settings, key = settings_of(resources), keys_of(resources).signing()
    full = {
        "iss": settings.token_issuer,
        "aud": settings.token_audience,
        "iat": int(clock.now().timestamp()),
        "exp": int(until.timestamp()),
        **{name: value for name, value in claims.items() if value is not None},
    }
    return jwt.encode({"alg": _ALGORITHM, "kid": key.kid}, full, key, algorithms=[_ALGORITHM])


def make_first(session: Session, now: datetime) -> None:
    """A key that signs at once, for there is no other."""
    session.add(_made(now, signs_from=now))


def rotate(session: Session, newest: SigningKey, now: datetime) -> None:
    """Make the next key. It signs once every service has had time to read it."""
    newest.replaced_at = now
    session.add(_made(now, signs_from=now + _AHEAD))


def outlived(settings: Settings, now: datetime) -> datetime:
    """Keys replaced before this moment have no token left."""
    return now - (_AHEAD + timedelta(seconds=settings.token_seconds) + _BEHIND)


def imported(secret: Secret) -> list[OKPKey]:
    """The private Ed25519 keys of a JWK or JWK set.

    :raises ValueError: saying what was expected, and nothing of the key.
    """
    try:
        found = json.loads(secret.reveal())
        keys = [OKPKey.import_key(one) for one in found.get("keys", [found])]
    except (ValueError, TypeError, AttributeError, JoseError):
        keys = []
    if not keys or not all(key.is_private and key.as_dict(private=False).get("crv") == _ALGORITHM for key in keys):
        raise ValueError("expected a private Ed25519 key as JWK, or a JWK set of such keys") from None
    for key in keys:
        key.ensure_kid()
    return keys


def _made(now: datetime, *, signs_from: datetime) -> SigningKey:
    key = OKPKey.generate_key(_ALGORITHM, auto_kid=True)
    private = json.dumps(key.as_dict(private=True))
    return SigningKey(kid=key.kid, jwk=private, created_at=now, signs_from=signs_from)
