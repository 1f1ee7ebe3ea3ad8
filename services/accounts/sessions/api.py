"""`/sessions`: sign in and out."""

from typing import Any

from services.accounts.accounts.roles import ANYBODY
from services.accounts.known.asking import PARAMETERS, asker
from services.accounts.otp.schemas import Confirmation
from services.accounts.sessions import ended, sign_in, tokens
from services.accounts.sessions.schemas import AnotherDevice, SignedIn, SignIn
from services.chassis.web import auth
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.problem import MEDIA_TYPE
from services.chassis.web.resources import resources

sessions = Blueprint("sessions", url_prefix="/sessions", description="Signing in, on one device at a time (A7)")
blueprints = (sessions, ended.ended)


@sessions.route("", methods=["POST"])
@sessions.doc(parameters=PARAMETERS)
@sessions.arguments(SignIn)
@sessions.response(201, SignedIn)
@sessions.alt_response(401, "UNAUTHORIZED")
@sessions.alt_response(
    409,
    schema=AnotherDevice,
    content_type=MEDIA_TYPE,
    description="Signed in on another device, or (`second-factor-needed`) a second factor is asked for",
)
@sessions.alt_response(429, "TOO_MANY_REQUESTS")
def begin(given: dict[str, Any]) -> tokens.SignedToken:
    """Sign in

    401 does not say what was wrong. 409 on a second device: a code was sent; continue with `takeover`. Staff get 409 with a `step`: continue with
    `second-factor` (A12).
    With `must_change_password` the token is good for the paths below `password` only (A3). 429 after too many wrong passwords: from a device or
    an address of the account's holder those of strangers do not count (A13).
    """
    return sign_in.sign_in(resources, given["username"], given["password"], given["device_id"], asker())


@sessions.route("/takeover", methods=["POST"])
@sessions.doc(parameters=PARAMETERS)
@sessions.arguments(Confirmation)
@sessions.response(201, SignedIn)
def take_over(given: dict[str, Any]) -> tokens.SignedToken:
    """Continue on the second device; the first is signed out (A7)"""
    return sign_in.take_over(resources, given["challenge"], given["otp"], asker())


@sessions.route("/current/refresh", methods=["POST"])
@auth.requires(*ANYBODY)
@sessions.response(201, SignedIn)
def refresh() -> tokens.SignedToken:
    """Get the next token of the same session"""
    return tokens.refresh(resources, auth.principal().claims)


@sessions.route("/current", methods=["DELETE"])
@auth.requires(*ANYBODY)
@sessions.response(204)
def end() -> None:
    """Sign out"""
    sign_in.sign_out(resources, auth.principal().claims)
