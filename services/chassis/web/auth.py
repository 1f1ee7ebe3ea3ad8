"""Authentication by bearer tokens: JWTs signed with Ed25519 (RFC 8037, RFC 9864), checked against published keys.

    @cases.route("/<no>/decision", methods=["POST"])
    @auth.requires("officer", "approver")              # next to route: a body is read only after the token was accepted
    @cases.arguments(Decision)
    ...
    def decide(decision, no): … auth.principal().claims["office"] …

Every failed authentication gets the same 401; the reason is in our log, not in the response. Where nobody can tell whether a token
is good, because the keys cannot be read, the answer is 503. Staff who have shown no second factor get 403 from every view (`second_factor.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, cast

from flask import current_app, g, request
from joserfc import jwt
from joserfc.errors import InvalidClaimError, JoseError
from joserfc.jwk import OKPKey

from services.chassis import clock
from services.chassis.errors import Permanent
from services.chassis.observe.logs import get_logger
from services.chassis.web import second_factor
from services.chassis.web.documented import View, described
from services.chassis.web.keys import ALGORITHM, PublishedKeys, UnknownKey
from services.chassis.web.problem import Problem
from services.chassis.web.resources import KEY as RESOURCES

log = get_logger(__name__)

KEY = "vss-verifier"
#: `typ` of an access token (RFC 9068); the release before said JWT, as libraries do by themselves
TOKEN_TYPE = "at+jwt"  # noqa: S105  # a name, no secret
_TYPES = frozenset({TOKEN_TYPE, "jwt"})
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
    """Check Ed25519 JWTs against the keys that `jwks` gives as a dict; it may be slow (it asks another service).

    How keys are read, and what happens meanwhile: `keys.py`, to which `options` go. `exp` and `nbf` are judged with
    `leeway_seconds`; `iat` never refuses a token: when it lies further ahead than that, two clocks differ, which is `on_ahead`'s
    matter, called with the seconds. `is_revoked` is asked for each valid token.
    """

    def __init__(
        self,
        jwks: Callable[[], Mapping[str, Any]],
        *,
        issuer: str,
        audience: str,
        is_revoked: Callable[[Mapping[str, Any]], bool] = lambda _claims: False,
        on_ahead: Callable[[float], object] = lambda _seconds: None,
        leeway_seconds: int = 30,
        **options: Any,
    ) -> None:
        self._keys = PublishedKeys(jwks, **options)
        self.check = self._keys.check
        self._is_revoked = is_revoked
        self._on_ahead = on_ahead
        self._leeway_seconds = leeway_seconds
        self._claims = _Claims(
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
            claims = jwt.decode(token, self._key_of, algorithms=[ALGORITHM]).claims
            self._claims.validate(claims)
        except UnknownKey as error:
            raise InvalidToken(str(error)) from None
        except (JoseError, ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
            # the last four: JSON that is no object, or nested without end
            raise InvalidToken(type(error).__name__) from None
        if self._is_revoked(claims):
            raise InvalidToken("revoked")
        ahead = claims.get("iat", 0) - clock.now().timestamp()
        if ahead > self._leeway_seconds:
            self._on_ahead(ahead)
        role = claims.get(_ROLE, "")
        return Principal(id=claims["sub"], role=role if isinstance(role, str) else "", claims=claims)

    def _key_of(self, signed: Any) -> OKPKey:
        head = signed.headers()
        if head.get("alg") != ALGORITHM:  # such a token has no need to wait for keys
            raise InvalidToken("other algorithm")
        if str(head.get("typ", "jwt")).lower().removeprefix("application/") not in _TYPES:
            raise InvalidToken("other type")  # signed by us for another purpose
        return self._keys.find(head.get("kid"))


class _Claims(jwt.JWTClaimsRegistry):
    def validate_iat(self, value: object) -> None:
        """Require a number only: RFC 7519 §4.1.6 gives `iat` for the age of a token, not for refusing it."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidClaimError("iat", "no number")


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
                raise second_factor.refusal() if who.role == second_factor.ENROLLING else Problem(403)
            return view(*args, **kwargs)

        return described(wrapper, view, authenticated=True, roles=roles)

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
    g.principal, g.principal_id = who, who.id  # before the check: the log names whom it refuses
    second_factor.check(who.role, who.claims, current_app.extensions[RESOURCES].settings)
    return who
