"""`/second-factor`: enrol second factors, show one again; and the steps of `/sessions` and `/password/reset` that ask for one (A12)."""

import uuid
from typing import Any

from services.accounts.accounts.roles import ENROLLING, STAFF_ROLES
from services.accounts.factors import enrolment, reset, sign_in
from services.accounts.factors.schemas import (
    Codes,
    Enrolled,
    Factors,
    NeededFactor,
    NewPasskey,
    NewTotp,
    PasskeyConfirmation,
    ProofOfFactor,
    TotpConfirmation,
)
from services.accounts.known.asking import PARAMETERS, asker
from services.accounts.sessions.schemas import SignedIn
from services.accounts.sessions.tokens import SignedToken
from services.accounts.sheets import api as sheets_api
from services.chassis.web import auth, budgets
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.resources import resources

factors = Blueprint("second-factor", url_prefix="/second-factor", description="Second factors of staff (A12)")
sessions = Blueprint("second-factor-sessions", url_prefix="/sessions", description="Signing in with a second factor (A12)")
password = Blueprint("second-factor-password", url_prefix="/password", description="Resets with a second factor (A12)")
blueprints = (factors, sessions, password, *sheets_api.blueprints)

_ENROLLERS = (ENROLLING, *STAFF_ROLES)


@sessions.route("/second-factor", methods=["POST"])
@sessions.doc(parameters=PARAMETERS)
@budgets.bounded(budgets.SIGN_INS)
@sessions.arguments(ProofOfFactor)
@sessions.response(201, SignedIn)
@sessions.alt_response(422, "UNPROCESSABLE_ENTITY")
@sessions.alt_response(429, "TOO_MANY_REQUESTS")
def continue_sign_in(given: dict[str, Any]) -> SignedToken:
    """Go on signing in with a second factor; another device is signed out (A7, A12)

    With the code of a sheet the role is `enrolling`: the token is good for the paths below `second-factor` only.
    """
    return sign_in.complete(resources, given["step"], given["proof"], asker())


@password.route("/reset/second-factor", methods=["POST"])
@password.doc(parameters=PARAMETERS)
@budgets.bounded(budgets.SIGN_INS)
@password.arguments(ProofOfFactor)
@password.response(204)
@password.alt_response(422, "UNPROCESSABLE_ENTITY")
@password.alt_response(429, "TOO_MANY_REQUESTS")
def continue_reset(given: dict[str, Any]) -> None:
    """Set the new password of staff after the second factor (A8, A12)"""
    reset.complete(resources, given["step"], given["proof"], asker())


@factors.route("")
@auth.requires(*_ENROLLERS)
@factors.response(200, Factors)
def list_factors() -> dict[str, Any]:
    """List the caller's own second factors"""
    with resources.db.read() as session:
        return enrolment.list_factors(session, uuid.UUID(auth.principal().id))


@factors.route("/totp", methods=["POST"])
@auth.requires(*_ENROLLERS)
@factors.response(201, NewTotp)
def begin_totp() -> dict[str, Any]:
    """Begin to enrol an authenticator app; confirm with a code of it"""
    secret, uri = enrolment.begin_totp(resources, auth.principal().claims)
    return {"secret": secret, "uri": uri}


@factors.route("/totp/confirm", methods=["POST"])
@auth.requires(*_ENROLLERS)
@factors.arguments(TotpConfirmation)
@factors.response(200, Enrolled)
@factors.alt_response(422, "UNPROCESSABLE_ENTITY")
def confirm_totp(given: dict[str, Any]) -> enrolment.Enrolled:
    """Take the authenticator app into use; the returned token replaces the caller's"""
    return enrolment.confirm_totp(resources, auth.principal().claims, given["totp"])


@factors.route("/totp", methods=["DELETE"])
@auth.requires(*STAFF_ROLES)
@factors.response(204)
@factors.alt_response(404, "NOT_FOUND")
@factors.alt_response(409, "CONFLICT")
def remove_totp() -> None:
    """Remove the authenticator app, if another factor remains"""
    enrolment.remove_totp(resources, auth.principal().claims)


@factors.route("/passkeys", methods=["POST"])
@auth.requires(*_ENROLLERS)
@factors.response(201, NewPasskey)
@factors.alt_response(409, "CONFLICT")
def begin_passkey() -> dict[str, Any]:
    """Begin to enrol a passkey"""
    return enrolment.begin_passkey(resources, auth.principal().claims)


@factors.route("/passkeys/confirm", methods=["POST"])
@auth.requires(*_ENROLLERS)
@factors.arguments(PasskeyConfirmation)
@factors.response(200, Enrolled)
@factors.alt_response(422, "UNPROCESSABLE_ENTITY")
def confirm_passkey(given: dict[str, Any]) -> enrolment.Enrolled:
    """Add the passkey that the browser has made; the returned token replaces the caller's"""
    return enrolment.confirm_passkey(resources, auth.principal().claims, given["step"], given["name"], given["passkey"])


@factors.route("/passkeys/<uuid:passkey_id>", methods=["DELETE"])
@auth.requires(*STAFF_ROLES)
@factors.response(204)
@factors.alt_response(404, "NOT_FOUND")
@factors.alt_response(409, "CONFLICT")
def remove_passkey(passkey_id: uuid.UUID) -> None:
    """Remove a passkey, if another factor remains"""
    enrolment.remove_passkey(resources, auth.principal().claims, passkey_id)


@factors.route("/recovery-codes", methods=["POST"])
@auth.requires(*STAFF_ROLES)
@factors.response(201, Codes)
def renew_codes() -> dict[str, Any]:
    """Make ten new recovery codes; those before are void"""
    return {"recovery_codes": list(enrolment.renew_codes(resources, auth.principal().claims))}


@factors.route("/step-up", methods=["POST"])
@auth.requires(*STAFF_ROLES)
@factors.response(202, NeededFactor)
def begin_step_up() -> Any:
    """Begin to show a second factor again"""
    return enrolment.begin_step_up(resources, auth.principal().claims)


@factors.route("/step-up/confirm", methods=["POST"])
@auth.requires(*STAFF_ROLES)
@factors.arguments(ProofOfFactor)
@factors.response(201, SignedIn)
@factors.alt_response(422, "UNPROCESSABLE_ENTITY")
@factors.alt_response(429, "TOO_MANY_REQUESTS")
def step_up(given: dict[str, Any]) -> SignedToken:
    """Show a second factor again; the returned token replaces the caller's"""
    return enrolment.step_up(resources, auth.principal().claims, given["step"], given["proof"])
