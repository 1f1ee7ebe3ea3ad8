"""Changing a password, and resetting a forgotten one."""

from __future__ import annotations

from typing import Any

from services.accounts import change, sign_in
from services.accounts.api import caller, shapes
from services.chassis.web import auth
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.resources import resources

password = Blueprint("password", url_prefix="/password", description="Passwords, confirmed by a code to the phone (A5, A8)")


@password.route("/change", methods=["POST"])
@auth.requires(*shapes.ANYBODY)
@password.arguments(shapes.Change)
@password.response(202, shapes.Challenge)
@password.alt_response(429, "TOO_MANY_REQUESTS")
def ask_change(given: dict[str, Any]) -> change.Challenge:
    """Ask for another password; a code is sent (A5)"""
    return change.ask_change(resources, caller.claims(), given["current_password"], given["new_password"])


@password.route("/confirm", methods=["POST"])
@auth.requires(*shapes.ANYBODY)
@password.arguments(shapes.Confirmation)
@password.response(200, shapes.SignedIn)
def confirm_change(given: dict[str, Any]) -> sign_in.SignedIn:
    """Confirm the change; the token that comes back replaces the one sent"""
    return change.confirm_change(resources, caller.claims(), given["challenge"], given["otp"])


@password.route("/reset", methods=["POST"])
@password.arguments(shapes.Reset)
@password.response(202, shapes.Challenge)
@password.alt_response(429, "TOO_MANY_REQUESTS")
def ask_reset(given: dict[str, Any]) -> change.Challenge:
    """Forgotten password: a code is sent, if somebody has this user name (A8)

    The answer is the same for a name that nobody has.
    """
    return change.ask_reset(resources, given["username"], caller.address())


@password.route("/reset/confirm", methods=["POST"])
@password.arguments(shapes.ResetConfirmation)
@password.response(204)
def confirm_reset(given: dict[str, Any]) -> None:
    """Set the new password; whoever is signed in is signed out"""
    change.confirm_reset(resources, given["challenge"], given["otp"], given["new_password"])
