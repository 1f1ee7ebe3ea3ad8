"""Signing in and out."""

from __future__ import annotations

import uuid
from typing import Any

from services.accounts import sign_in
from services.accounts.api import caller, shapes
from services.chassis.web import auth
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.problem import MEDIA_TYPE
from services.chassis.web.resources import resources

sessions = Blueprint("sessions", url_prefix="/sessions", description="Signing in, on one device at a time (A7)")


@sessions.route("", methods=["POST"])
@sessions.arguments(shapes.SignIn)
@sessions.response(201, shapes.SignedIn)
@sessions.alt_response(401, "UNAUTHORIZED")
@sessions.alt_response(409, schema=shapes.AnotherDevice, content_type=MEDIA_TYPE, description="Signed in on another device")
@sessions.alt_response(429, "TOO_MANY_REQUESTS")
def begin(given: dict[str, Any]) -> sign_in.SignedIn:
    """Sign in

    401 is the same whatever was wrong. 409 on a second device: a code was sent; go on with `takeover`.
    With `must_change_password` the token is good for the paths below `password` only (A3).
    """
    return sign_in.sign_in(resources, given["username"], given["password"], given["device_id"], caller.address())


@sessions.route("/takeover", methods=["POST"])
@sessions.arguments(shapes.Confirmation)
@sessions.response(201, shapes.SignedIn)
def take_over(given: dict[str, Any]) -> sign_in.SignedIn:
    """Go on with the second device; the first is signed out (A7)"""
    challenge: uuid.UUID = given["challenge"]
    return sign_in.take_over(resources, challenge, given["otp"])


@sessions.route("/current/refresh", methods=["POST"])
@auth.requires(*shapes.ANYBODY)
@sessions.response(201, shapes.SignedIn)
def refresh() -> sign_in.SignedIn:
    """Another token of the same session"""
    return sign_in.refresh(resources, caller.claims())


@sessions.route("/current", methods=["DELETE"])
@auth.requires(*shapes.ANYBODY)
@sessions.response(204)
def end() -> None:
    """Sign out"""
    sign_in.sign_out(resources, caller.claims())
