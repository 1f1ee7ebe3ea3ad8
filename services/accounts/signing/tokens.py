"""Access tokens: Ed25519 JWTs (RFC 8037), signed here and checked by every service."""

from datetime import datetime
from typing import Any

from joserfc import jwt

from services.accounts.settings import Settings
from services.accounts.signing.jwk import ALGORITHM
from services.accounts.signing.keys import keys_of
from services.chassis import clock
from services.chassis.resources import Resources
from services.chassis.web.auth import TOKEN_TYPE, JwtVerifier
from services.chassis.web.tokens import Ahead, Revoked


def sign(resources: Resources[Settings], claims: dict[str, Any], expires_at: datetime) -> str:
    """Return a token with these claims; those that are None are left out."""
    settings, key = resources.settings, keys_of(resources).signing()
    full = {
        "iss": settings.token_issuer,
        "aud": settings.token_audience,
        "iat": int(clock.now().timestamp()),
        "exp": int(expires_at.timestamp()),
        **{name: value for name, value in claims.items() if value is not None},
    }
    return jwt.encode({"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": key.kid}, full, key, algorithms=[ALGORITHM])


def verifier(resources: Resources[Settings]) -> JwtVerifier:
    """Return a verifier that checks tokens as every service does, but reads our own keys directly."""
    return JwtVerifier(
        keys_of(resources).published,
        issuer=resources.settings.token_issuer,
        audience=resources.settings.token_audience,
        is_revoked=Revoked(resources.db),
        on_ahead=Ahead(resources.service),
    )
