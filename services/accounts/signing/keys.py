"""The signing keys of one process: from ``SIGNING_KEY``, or read from the database every few seconds."""

import time
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from joserfc.jwk import KeySet, OKPKey

from services.accounts.settings import Settings
from services.accounts.signing import rules
from services.accounts.signing.jwk import private_keys
from services.accounts.signing.rules import SigningKey
from services.chassis import clock
from services.chassis.database import Database
from services.chassis.resources import Resources

REREAD_SECONDS = 5.0


class Keys:
    """Provides the keys that sign and verify this service's tokens."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._fixed = private_keys(settings.signing_key) if settings.signing_key else []
        self._held: list[SigningKey] = []
        self._read_at = float("-inf")

    def signing(self) -> OKPKey:
        """Return the key that signs now: the first of ``SIGNING_KEY``, or the newest one in force."""
        if self._fixed:
            return self._fixed[0]
        held, now = self._kept(), clock.now()
        return ([one for one in held if one.signs_from <= now] or held)[-1].key

    def published(self) -> dict[str, Any]:
        """Return the JWK set for checking tokens: public parts only, and as they are now.

        Whoever asks may hold a token that another process has just signed with a key that this one does not know yet.
        """
        self.reread()
        keys = self._fixed or [one.key for one in self._kept()]
        return {**KeySet([*keys]).as_dict(private=False)}

    def reread(self) -> None:
        """Read the database again at the next use."""
        self._read_at = float("-inf")

    def _kept(self) -> list[SigningKey]:
        if self._held and time.monotonic() - self._read_at < REREAD_SECONDS:
            return self._held
        held = self._read()
        if not held:
            with self._database.write() as session:
                rules.make_first(session)
            held = self._read()
        self._held, self._read_at = held, time.monotonic()
        return held

    def _read(self) -> list[SigningKey]:
        with self._database.read() as session:
            return list(session.scalars(sa.select(SigningKey).order_by(SigningKey.signs_from, SigningKey.kid)))


_keys: WeakKeyDictionary[Database, Keys] = WeakKeyDictionary()


def keys_of(resources: Resources[Settings]) -> Keys:
    """Return the keys of this process's service."""
    keys = _keys.get(resources.db)
    if keys is None:
        keys = _keys[resources.db] = Keys(resources.db, resources.settings)
    return keys
