"""Rotate the signing keys in the database: make, replace and retire them.

Several keys are valid side by side: the newest that signs, one that is published but signs later (so that every service has
read it by then), and old ones until the last token that they signed has expired.
"""

import json
from datetime import datetime, timedelta
from functools import cached_property

import sqlalchemy as sa
from joserfc.jwk import OKPKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.accounts.schema import Base
from services.accounts.settings import Settings
from services.accounts.signing.jwk import ALGORITHM
from services.chassis import clock

#: how long a key is published before it signs, and after its last token has expired
_AHEAD, _BEHIND = timedelta(minutes=10), timedelta(minutes=10)


class SigningKey(Base):
    """A private key kept in the database."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(primary_key=True)
    jwk: Mapped[str]
    created_at: Mapped[datetime]
    #: of the keys whose `signs_from` has passed, the newest signs
    signs_from: Mapped[datetime]
    #: when its successor was made; None for the newest key
    replaced_at: Mapped[datetime | None]

    @cached_property
    def key(self) -> OKPKey:
        return OKPKey.import_key(json.loads(self.jwk))


def make_first(session: Session) -> None:
    """Make the first key, which signs at once."""
    now = clock.now()
    session.add(_new_key(now, signs_from=now))


def replace(session: Session, newest: SigningKey) -> None:
    """Make the next key. It signs once every service has had time to read it."""
    now = clock.now()
    newest.replaced_at = now
    session.add(_new_key(now, signs_from=now + _AHEAD))


def replace_all(session: Session) -> int:
    """Delete every key and make another, which signs at once: no token of before is valid any more. Return how many went."""
    gone = session.connection().execute(sa.delete(SigningKey)).rowcount
    make_first(session)
    return gone


def no_tokens_left(settings: Settings, now: datetime) -> datetime:
    """Return the moment before which a replaced key has no valid token left."""
    return now - (_AHEAD + timedelta(seconds=settings.token_seconds) + _BEHIND)


def _new_key(now: datetime, *, signs_from: datetime) -> SigningKey:
    key = OKPKey.generate_key(ALGORITHM, auto_kid=True)
    private = json.dumps(key.as_dict(private=True))
    return SigningKey(kid=key.kid, jwk=private, created_at=now, signs_from=signs_from)
