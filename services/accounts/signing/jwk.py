"""Read private Ed25519 keys from a JWK (RFC 8037)."""

import json
from typing import Final

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from services.chassis.settings import Secret

ALGORITHM: Final = "Ed25519"


def private_keys(secret: Secret) -> list[OKPKey]:
    """Return the private Ed25519 keys of a JWK or JWK set.

    :raises ValueError: saying what was expected, without any part of the key.
    """
    try:
        parsed = json.loads(secret.reveal())
        keys = [OKPKey.import_key(one) for one in parsed.get("keys", [parsed])]
    except (ValueError, TypeError, AttributeError, JoseError):
        keys = []
    if not keys or not all(key.is_private and key.as_dict(private=False).get("crv") == ALGORITHM for key in keys):
        raise ValueError("expected a private Ed25519 key as JWK, or a JWK set of such keys") from None
    for key in keys:
        key.ensure_kid()
    return keys
