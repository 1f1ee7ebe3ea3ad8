"""Replace old signing keys, and delete those whose last token has expired."""

from datetime import timedelta

import sqlalchemy as sa

from services.accounts.settings import Settings
from services.accounts.signing import rules
from services.accounts.signing.rules import SigningKey
from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep


def sweeps(resources: Resources[Settings]) -> list[Sweep]:
    """Return the sweeps for keys in the database; none with ``SIGNING_KEY``."""
    settings = resources.settings
    if settings.signing_key is not None:
        return []
    newest = sa.select(SigningKey).where(SigningKey.replaced_at.is_(None))
    age = timedelta(days=settings.signing_key_days)
    return [
        Sweep(
            "replace_signing_key",
            lambda now: newest.where(SigningKey.created_at <= now - age),
            lambda session, key: rules.replace(session, key, rules.boxes(settings)[0]),
            limit=Limit.NONE,
            every_seconds=3600,
        ),
        Sweep(
            "forget_signing_keys",
            lambda now: sa.select(SigningKey).where(SigningKey.replaced_at <= rules.no_tokens_left(settings, now)),
            lambda session, key: session.delete(key),
            limit=Limit.NONE,  # a handful, none of which signs any more
            every_seconds=3600,
        ),
    ]
