"""Rotate the signing keys in the database: make, replace and retire them.

Several keys are valid side by side: the newest that signs, one that is published but signs later (so that every service has
read it by then), and old ones until the last token that they signed has expired.

With a SECRETS_KEY private parts are kept sealed: whoever steals the database alone signs no token.
"""

import json
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from joserfc.jwk import OKPKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.accounts.schema import Base
from services.accounts.settings import Settings
from services.accounts.signing.jwk import ALGORITHM
from services.chassis import clock
from services.chassis.secretbox import SecretBox

#: how long a key is published before it signs, and after its last token has expired
_AHEAD, _BEHIND = timedelta(minutes=10), timedelta(minutes=10)


class SigningKey(Base):
    """A private key kept in the database."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(primary_key=True)
    #: the whole key, or only its public part if there is a `box`
    jwk: Mapped[str]
    #: the whole key, sealed under SECRETS_KEY
    box: Mapped[str | None]
    created_at: Mapped[datetime]
    #: of the keys whose `signs_from` has passed, the newest signs
    signs_from: Mapped[datetime]
    #: when its successor was made; None for the newest key
    replaced_at: Mapped[datetime | None]

    def open(self, secret_box: SecretBox | None) -> OKPKey:
        """Return the whole key.

        :raises CannotOpen: if it is sealed under a key that is not held, or was moved here from another row.
        :raises ValueError: if it is sealed and there is no SECRETS_KEY.
        """
        return OKPKey.import_key(self._private(secret_box))

    def is_kept_as(self, secret_box: SecretBox | None) -> bool:
        """Tell whether it is kept as it should be: sealed under the newest key, or in clear if nothing is to be sealed."""
        if secret_box is None or self.box is None:
            return (secret_box is None) == (self.box is None)
        return secret_box.is_current(self.box)

    def keep_as(self, seal_with: SecretBox | None, open_with: SecretBox | None) -> None:
        """Seal the private part anew; without a box to seal with, put it back in clear."""
        private = self._private(open_with)
        if seal_with is None:
            self.jwk, self.box = json.dumps(private), None
        else:
            self.jwk = json.dumps(OKPKey.import_key(private).as_dict(private=False))
            self.box = seal_with.seal(json.dumps(private).encode(), context=self._context)

    @property
    def _context(self) -> str:
        return f"signing-key:{self.kid}"

    def _private(self, secret_box: SecretBox | None) -> dict[str, Any]:
        text: str | bytes = self.jwk
        if self.box is not None:
            if secret_box is None:
                raise ValueError("the signing keys are sealed, and SECRETS_KEY is not set")
            text = secret_box.open(self.box, context=self._context)
        private: dict[str, Any] = json.loads(text)
        return private


def boxes(settings: Settings) -> tuple[SecretBox | None, SecretBox | None]:
    """Return what seals keys (None: they are kept in clear, as the release before this one reads them), and what opens them."""
    opens = SecretBox(settings.secrets_key) if settings.secrets_key else None
    return (None if settings.previous_release_beside else opens), opens


def make_first(session: Session, seal_with: SecretBox | None) -> None:
    """Make the first key, which signs at once."""
    now = clock.now()
    session.add(_new_key(now, now, seal_with))


def replace(session: Session, newest: SigningKey, seal_with: SecretBox | None) -> None:
    """Make the next key. It signs once every service has had time to read it."""
    now = clock.now()
    newest.replaced_at = now
    session.add(_new_key(now, now + _AHEAD, seal_with))


def delete_all(session: Session) -> int:
    """Delete every key: no token of before is valid any more, and the service makes a first one again. Return how many went."""
    return session.connection().execute(sa.delete(SigningKey)).rowcount


def no_tokens_left(settings: Settings, now: datetime) -> datetime:
    """Return the moment before which a replaced key has no valid token left."""
    return now - (_AHEAD + timedelta(seconds=settings.longest_token_seconds) + _BEHIND)


def _new_key(now: datetime, signs_from: datetime, seal_with: SecretBox | None) -> SigningKey:
    key = OKPKey.generate_key(ALGORITHM, auto_kid=True)
    made = SigningKey(kid=key.kid, jwk=json.dumps(key.as_dict(private=True)), created_at=now, signs_from=signs_from)
    if seal_with is not None:
        made.keep_as(seal_with, None)
    return made
