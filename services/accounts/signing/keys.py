"""The signing keys of one process: from ``SIGNING_KEY``, or read from the database every few seconds."""

import time
from datetime import datetime
from typing import Any, NamedTuple
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
_ROWS = sa.select(SigningKey).order_by(SigningKey.signs_from, SigningKey.kid)


class _Held(NamedTuple):
    signs_from: datetime
    key: OKPKey


class Keys:
    """Provides the keys that sign and verify this service's tokens."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._fixed = private_keys(settings.signing_key) if settings.signing_key else []
        self._sealer, self._opener = rules.boxes(settings)
        self._held: list[_Held] = []
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

    def _kept(self) -> list[_Held]:
        if self._held and time.monotonic() - self._read_at < REREAD_SECONDS:
            return self._held
        rows = self._read()
        if not rows or not all(row.is_kept_as(self._sealer) for row in rows):
            self._put_right()
            rows = self._read()
        self._held = [_Held(row.signs_from, row.open(self._opener)) for row in rows]
        self._read_at = time.monotonic()
        return self._held

    def _put_right(self) -> None:
        """Make the first key if there is none; seal those that are not kept as they should be, such as all after SECRETS_KEY has changed."""
        with self._database.write() as session:
            rows = list(session.scalars(_ROWS.with_for_update()))
            if not rows:
                rules.make_first(session, self._sealer)
            for row in rows:
                if not row.is_kept_as(self._sealer):
                    row.keep_as(self._sealer, self._opener)

    def _read(self) -> list[SigningKey]:
        with self._database.read() as session:
            return list(session.scalars(_ROWS))


_keys: WeakKeyDictionary[Database, Keys] = WeakKeyDictionary()


def keys_of(resources: Resources[Settings]) -> Keys:
    """Return the keys of this process's service."""
    keys = _keys.get(resources.db)
    if keys is None:
        keys = _keys[resources.db] = Keys(resources.db, resources.settings)
    return keys
