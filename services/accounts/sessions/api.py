"""`/sessions`: sign in and out."""

import uuid
from typing import Any

from services.accounts.accounts.roles import ANYBODY
from services.accounts.known.asking import PARAMETERS, asker
from services.accounts.otp.rules import Otp
from services.accounts.otp.schemas import Challenge, Confirmation
from services.accounts.sessions import ended, endings, sign_in, takeover, tokens
from services.accounts.sessions.listing import end_one, end_others, list_sessions
from services.accounts.sessions.schemas import AnotherDevice, GoOn, SessionEnd, SessionShown, SignedIn, SignIn, SignInRefused
from services.accounts.sign_ins import api as sign_ins_api
from services.accounts.signing import api as signing_api
from services.chassis.web import auth, budgets, paging
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.problem import MEDIA_TYPE
from services.chassis.web.resources import resources

sessions = Blueprint("sessions", url_prefix="/sessions", description="Signing in, on one device at a time (A7)")
blueprints = (sessions, ended.ended, *sign_ins_api.blueprints, *signing_api.blueprints)


@sessions.route("", methods=["POST"])
@sessions.doc(parameters=PARAMETERS)
@budgets.counted_inside("password")
@sessions.arguments(SignIn)
@sessions.response(201, SignedIn)
@sessions.alt_response(
    401, schema=SignInRefused, content_type=MEDIA_TYPE, description="The user name or the password is wrong"
)
@sessions.alt_response(403, "FORBIDDEN")
@sessions.alt_response(
    409,
    schema=AnotherDevice,
    content_type=MEDIA_TYPE,
    description="Signed in on another device, or (`second-factor-needed`) a second factor is asked for",
)
@sessions.alt_response(429, "TOO_MANY_REQUESTS")
def begin(given: dict[str, Any]) -> tokens.SignedToken:
    """Sign in

    401 does not say what was wrong. 403 for a right first password that has expired, or rights that are not in force. 409 on a second device: with
    `warn_first` nothing was sent; continue with `takeover/code` if the person goes on. Else a code was sent; continue with `takeover`. Staff get 409 with a `step`: continue with `second-factor` (A12).
    With `must_change_password` the token is good for the paths below `password` only (A3). 429 after too many wrong passwords: from a device or
    an address of the account's holder those of strangers do not count (A13).
    """
    name, password, device_id = given["username"], given["password"], given["device_id"]
    return sign_in.sign_in(resources, name, password, device_id, asker(), warn_first=given["warn_first"])


@sessions.route("/takeover/code", methods=["POST"])
@budgets.bounded(budgets.SIGN_INS)
@sessions.arguments(GoOn)
@sessions.response(202, Challenge)
@sessions.alt_response(422, "UNPROCESSABLE_ENTITY")
@sessions.alt_response(429, "TOO_MANY_REQUESTS")
def send_takeover_code(given: dict[str, Any]) -> Otp:
    """Send the code with which the second device may go on, after its warning; again, if it did not come (A7)"""
    return takeover.send_code(resources, given["challenge"])


@sessions.route("/takeover", methods=["POST"])
@sessions.doc(parameters=PARAMETERS)
@budgets.bounded(budgets.SIGN_INS)
@sessions.arguments(Confirmation)
@sessions.response(201, SignedIn)
@sessions.alt_response(429, "TOO_MANY_REQUESTS")
def take_over(given: dict[str, Any]) -> tokens.SignedToken:
    """Continue on the second device; the first is signed out (A7)"""
    return takeover.take_over(resources, given["challenge"], given["otp"], asker())


@sessions.route("/current/refresh", methods=["POST"])
@auth.requires(*ANYBODY)
@budgets.bounded(budgets.SIGN_INS)
@sessions.response(201, SignedIn)
def refresh() -> tokens.SignedToken:
    """Get the next token of the same session"""
    return tokens.refresh(resources, auth.principal().claims)


@sessions.route("/current", methods=["DELETE"])
@auth.requires(*ANYBODY)
@budgets.bounded(budgets.SIGN_INS)
@sessions.response(204)
def end() -> None:
    """Sign out"""
    sign_in.sign_out(resources, auth.principal().claims)


@sessions.route("/current/end", methods=["GET"])
@budgets.bounded(budgets.SIGN_INS)
@sessions.response(200, SessionEnd)
@sessions.alt_response(401, "UNAUTHORIZED")
def show_end() -> endings.Ending:
    """Show why and when the session of a token ended, which every other operation refuses (A7)"""
    return endings.of_bearer(resources)


@sessions.route("", methods=["GET"])
@auth.requires(*ANYBODY)
@budgets.bounded(budgets.SIGN_INS)
@sessions.arguments(paging.PageQuery, location="query")
@sessions.response(200, paging.page_of(SessionShown))
def list_own(query: dict[str, Any]) -> dict[str, Any]:
    """List your own sessions of the last half year, newest first: the one that is open, and those that have ended (A15)"""
    with resources.db.write() as session:
        return list_sessions(session, auth.principal().claims, resources.settings, query)


@sessions.route("/<uuid:session_id>", methods=["DELETE"])
@auth.requires(*ANYBODY)
@budgets.bounded(budgets.SIGN_INS)
@sessions.response(204)
@sessions.alt_response(404, "NOT_FOUND")
def end_own(session_id: uuid.UUID) -> None:
    """End one of your own sessions; nothing happens to one that has ended"""
    with resources.db.write() as session:
        end_one(session, auth.principal().claims, resources.settings, session_id)


@sessions.route("/others", methods=["DELETE"])
@auth.requires(*ANYBODY)
@budgets.bounded(budgets.SIGN_INS)
@sessions.response(204)
def end_all_others() -> None:
    """End every session but this one, and forget all other devices

    As there is one session at a time (A7), what this changes is that no other device is known any more: each is told of as new when it signs in again.
    """
    with resources.db.write() as session:
        end_others(session, auth.principal().claims, resources.settings)
