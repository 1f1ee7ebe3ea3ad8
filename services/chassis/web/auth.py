"""Authentication by bearer tokens: JWTs signed with Ed25519 (RFC 8037, RFC 9864), checked against published keys.

    @cases.route("/<no>/decision", methods=["POST"])
    @auth.requires("officer", "approver")              # next to route: a body is read only after the token was accepted
    @cases.arguments(Decision)
    ...
    def decide(decision, no): … auth.principal().claims["office"] …

Every failed authentication gets the same 401; the reason is in our log, not in the response.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, cast

from flask import current_app, g, request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from services.chassis import clock
from services.chassis.errors import Permanent, Transient
from services.chassis.observe.logs import get_logger
from services.chassis.web.documented import View, described
from services.chassis.web.problem import Problem

log = get_logger(__name__)

KEY = "vss-verifier"
_ALGORITHM = "Ed25519"
_NO_KEYS_SECONDS = 1.0
_LONGEST_TOKEN = 4096
_ROLE = "role"


@dataclass(frozen=True)
class Principal:
    """The caller: `id` is the token's subject, `role` its role or empty, `claims` all its claims."""

    id: str
    role: str
    claims: Mapping[str, Any]


class InvalidToken(Permanent):
    """The token is not valid. The text says why, for our log, and quotes nothing of it."""

    safe_to_log = True


class Verifier(Protocol):
    """Turn a bearer token into a principal. Raises InvalidToken, or Transient when it cannot tell at the moment."""

    def __call__(self, token: str) -> Principal: ...


class JwtVerifier:
    """Check Ed25519 JWTs against a JWKS.

    `jwks` gives the published key set as a dict and may be slow (it asks another service): it is called when a token
    names a key that is not known yet, at most every `refresh_seconds`, and again when the keys are `max_age_seconds`
    old, so that a withdrawn key stops working. When it fails the keys at hand are kept; while there are none it is called
    at most once a second. A token that comes meanwhile waits for the answer if its key is not known yet. `is_revoked` is asked
    for each valid token.
    """

    def __init__(
        self,
        jwks: Callable[[], Mapping[str, Any]],
        *,
        issuer: str,
        audience: str,
        is_revoked: Callable[[Mapping[str, Any]], bool] = lambda _claims: False,
        leeway_seconds: int = 30,
        refresh_seconds: float = 2.0,
        max_age_seconds: float = 3600.0,
    ) -> None:
        self._jwks = jwks
        self._is_revoked = is_revoked
        self._refresh_seconds = refresh_seconds
        self._max_age_seconds = max_age_seconds
        self._keys: dict[str, OKPKey] = {}
        self._asked_at = float("-inf")
        self._asking = threading.Lock()
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(clock.now().timestamp()),
            leeway=leeway_seconds,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True, "allow_blank": False},
        )

    def __call__(self, token: str) -> Principal:
        """Return the principal of a valid token."""
        if len(token) > _LONGEST_TOKEN:
            raise InvalidToken("too long")
        try:
            claims = jwt.decode(token, self._key_of, algorithms=[_ALGORITHM]).claims
            self._claims.validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise InvalidToken(type(error).__name__) from None
        if self._is_revoked(claims):
            raise InvalidToken("revoked")
        role = claims.get(_ROLE, "")
        return Principal(id=claims["sub"], role=role if isinstance(role, str) else "", claims=claims)

    def _key_of(self, signed: Any) -> OKPKey:
        kid = signed.headers().get("kid")
        if kid not in self._keys:
            # whoever comes while another asks waits here: a process that has just started has no keys, and many at its door
            with self._asking:
                # without any key nobody can sign in, so ask again sooner
                seconds = self._refresh_seconds if self._keys else min(_NO_KEYS_SECONDS, self._refresh_seconds)
                if kid not in self._keys and time.monotonic() - self._asked_at >= seconds:
                    self._refresh()
        elif time.monotonic() - self._asked_at >= self._max_age_seconds and self._asking.acquire(blocking=False):
            try:
                self._refresh()
            finally:
                self._asking.release()
        if not self._keys:
            raise Transient("no keys to check tokens with")
        if not isinstance(kid, str) or kid not in self._keys:
            raise InvalidToken("unknown key")
        return self._keys[kid]

    def _refresh(self) -> None:
        try:
            keys = KeySet.import_key_set(cast(Any, self._jwks()))
        except Exception as error:
            log.warning("jwks_not_read", error=error)
            return
        finally:
            self._asked_at = time.monotonic()
        self._keys = {
            key.kid: key
            for key in keys.keys
            if isinstance(key, OKPKey) and key.kid and key.as_dict().get("crv") == _ALGORITHM
        }


def principal() -> Principal:
    """Return the caller. Only inside a view with `requires`."""
    return cast(Principal, g.principal)


def requires(*roles: str) -> Callable[[View], View]:
    """Require a valid token (401), and one of `roles` (403), or any role when none is named."""

    def decorator(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            who = _authenticate()
            if roles and who.role not in roles:
                raise Problem(403)
            return view(*args, **kwargs)

        return described(wrapper, view, authenticated=True)

    return decorator


def recognises(view: View) -> View:
    """Accept anonymous callers, but refuse an invalid token (401). `caller()` returns whose a valid one is."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if "Authorization" in request.headers:
            _authenticate()
        return view(*args, **kwargs)

    return described(wrapper, view, recognised=True)


def caller() -> Principal | None:
    """Return the caller, or None if anonymous. Only inside a view with `recognises` or `requires`."""
    return cast("Principal | None", g.get("principal"))


def _authenticate() -> Principal:
    verifier: Verifier | None = current_app.extensions.get(KEY)
    if verifier is None:
        raise RuntimeError("a view requires a caller, but the service has no verifier: Http(…, verifier=…)")
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Problem(401, headers={"WWW-Authenticate": "Bearer"})
    try:
        who = verifier(token.strip())
    except InvalidToken as error:
        log.info("token_refused", reason=str(error))
        raise Problem(401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}) from None
    g.principal, g.principal_id = who, who.id
    return who
