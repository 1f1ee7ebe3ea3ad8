"""`/password`: change a password, or reset a forgotten one."""

from typing import Any

from services.accounts.accounts.roles import ANYBODY
from services.accounts.factors.refusals import SecondFactorNeeded
from services.accounts.factors.schemas import SecondFactorNeeded as NeededProblem
from services.accounts.known.asking import PARAMETERS, asker
from services.accounts.otp.rules import Otp
from services.accounts.otp.schemas import Challenge, Confirmation
from services.accounts.passwords import change, reset
from services.accounts.passwords.schemas import Change, Reset, ResetConfirmation
from services.accounts.sessions.schemas import SignedIn
from services.accounts.sessions.tokens import SignedToken
from services.chassis.web import auth, budgets
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.resources import resources

password = Blueprint("password", url_prefix="/password", description="Passwords, confirmed by a code to the phone (A5, A8)")
blueprints = (password,)


@password.route("/change", methods=["POST"])
@auth.requires(*ANYBODY)
@budgets.bounded(budgets.SIGN_INS)
@password.arguments(Change)
@password.response(202, Challenge)
@password.alt_response(429, "TOO_MANY_REQUESTS")
def request_change(given: dict[str, Any]) -> Otp:
    """Request a change of password; a code is sent (A5)"""
    return change.request_change(resources, auth.principal().claims, given["current_password"], given["new_password"])


@password.route("/confirm", methods=["POST"])
@auth.requires(*ANYBODY)
@budgets.bounded(budgets.SIGN_INS)
@password.arguments(Confirmation)
@password.response(200, SignedIn)
def confirm_change(given: dict[str, Any]) -> SignedToken:
    """Confirm the change; the returned token replaces the caller's"""
    return change.confirm_change(resources, auth.principal().claims, given["challenge"], given["otp"], asker())


@password.route("/reset", methods=["POST"])
@password.doc(parameters=PARAMETERS)
@budgets.counted_inside("reset")
@password.arguments(Reset)
@password.response(202, Challenge)
@password.alt_response(429, "TOO_MANY_REQUESTS")
def request_reset(given: dict[str, Any]) -> Otp:
    """Request a reset of a forgotten password; a code is sent if the user name exists (A8)

    The response is the same for an unknown name, also the 429 after too many codes that nobody confirmed. Those that strangers asked for do not
    count on a device or at an address of the account's holder.
    """
    return reset.request_reset(resources, given["username"], asker())


@password.route("/reset/confirm", methods=["POST"])
@password.doc(parameters=PARAMETERS)
@budgets.bounded(budgets.SIGN_INS)
@password.arguments(ResetConfirmation)
@password.response(204)
@password.alt_response(409, schema=NeededProblem, description="Of staff: a second factor is asked for")
@password.alt_response(429, "TOO_MANY_REQUESTS")
def confirm_reset(given: dict[str, Any]) -> None:
    """Set the new password; an open session ends

    Staff get 409 with a `step`: continue with `second-factor` (A12). 429 after as many resets as one person may have in a day or a month (A8). Device tokens are void then, except this device's.
    """
    asked = reset.confirm_reset(resources, given["challenge"], given["otp"], given["new_password"], asker())
    if asked is not None:
        raise SecondFactorNeeded(asked)
