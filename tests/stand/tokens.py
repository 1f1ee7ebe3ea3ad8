"""Bearer tokens as accounts signs them, and a verifier of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from services.chassis import clock
from services.chassis.web import auth

KEY = OKPKey.generate_key("Ed25519", {"kid": "one"})
OTHER = OKPKey.generate_key("Ed25519", {"kid": "two"})


def with_second_factor() -> dict[str, Any]:
    """The claims of staff who have just shown a second factor (A12)."""
    return {"acr": "aal2", "amr": ["pwd", "otp", "mfa"], "auth_time": int(clock.now().timestamp())}


def jwks(*keys: Any) -> Mapping[str, Any]:
    return {**KeySet(list(keys)).as_dict(private=False)}


def claims(**changes: Any) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    found = {"iss": "accounts", "aud": "vss", "sub": "a-1", "role": "officer", "office": "079", "iat": now, "exp": now + 900}
    found |= with_second_factor()
    return {name: value for name, value in {**found, **changes}.items() if value is not None}


def token(key: OKPKey = KEY, **changes: Any) -> str:
    return jwt.encode({"alg": "Ed25519", "kid": key.kid}, claims(**changes), key, algorithms=["Ed25519"])


def verifier(published: Callable[[], Mapping[str, Any]] | None = None, **options: Any) -> auth.JwtVerifier:
    return auth.JwtVerifier(published or (lambda: jwks(KEY)), issuer="accounts", audience="vss", **options)
