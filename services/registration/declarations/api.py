"""`/declarations`: create, submit, show and cancel declarations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError

from services.chassis import clock, tracking
from services.chassis.database import ServiceSession
from services.chassis.recovery.counters import note_lease
from services.chassis.resources import Resources
from services.chassis.seal import Sealer
from services.chassis.serials import Serials
from services.chassis.web import auth
from services.chassis.web.auth import Principal
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.numbered import numbered
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources
from services.registration.declarations import access
from services.registration.declarations.accounts import code_has_account
from services.registration.declarations.erasure import WITHDRAWN, discard_draft, erase
from services.registration.declarations.intake import create_draft
from services.registration.declarations.numbers import FORM, counters
from services.registration.declarations.refusals import AccountExists, RegistrationOpen
from services.registration.declarations.responses import CreatedSchema, StatusSchema, SubmittedSchema
from services.registration.declarations.rules import Declaration
from services.registration.declarations.schemas import DeclarationSchema, SubmitSchema
from services.registration.form01.jobs import SUBMISSION, make_form
from services.registration.form01.links import seal_new_link
from services.registration.settings import Settings

#: 26 letters: 130 random bits
_CODE_LENGTH = 26


def blueprints(made_for: Resources[Settings]) -> Sequence[Blueprint]:
    """Return the blueprint; the settings give the ten days and the size of a block of numbers."""
    settings = made_for.settings
    expiry, letters = timedelta(days=settings.expiry_days), timedelta(days=settings.letter_days)
    sealer = Sealer(settings.seal_public_key) if settings.seal_public_key else None
    numbers = Serials(made_for.db, FORM, counters, block=settings.number_block, on_lease=note_lease)
    declarations = Blueprint(
        "declarations", __name__, url_prefix="/declarations", description="Form 01, from draft to its end"
    )

    @declarations.route("", methods=["POST"])
    @problems(400, 401, 403, 409, 413, 415, 422, 503)
    @auth.recognises
    @declarations.arguments(DeclarationSchema())  # an instance: a class would be instantiated for every request
    @numbered(numbers)
    @declarations.idempotent
    @declarations.response(201, CreatedSchema)
    def create(data: dict[str, Any], *, no: str, session: ServiceSession) -> dict[str, Any]:
        """Create a draft of Form 01

        Nothing is submitted yet: add the pictures, then submit. Route `counter` needs a token of an officer, approver or
        director; route `guardian` the guardian's own (role citizen); route `portal` none. The tracking code is given only
        in this answer.
        """
        who = _who_files(data["route"])
        code = tracking.new_code(length=_CODE_LENGTH)
        create_draft(session, data, no=no, tracking_hash=tracking.digest(code), who=who, now=clock.now())
        return {"dossier_no": no, "tracking_code": code, "status": "draft"}

    @declarations.route("/<no>/submit", methods=["POST"])
    @declarations.doc(parameters=access.PARAMETERS)
    @problems(400, 401, 403, 404, 409, 413, 415, 422, 503)
    @auth.recognises
    @declarations.arguments(SubmitSchema())
    @declarations.idempotent
    @declarations.response(202, SubmittedSchema)
    def submit(_agreed: dict[str, Any], no: str, *, session: ServiceSession) -> Declaration:
        """Agree to the commitment and submit the declaration

        An SMS with the dossier number goes to the registered phone, and a PDF of Form 01 is made. Submitting again returns
        the current status.
        """
        declaration = access.find(session, no, to_change=True)
        if declaration.submitted_at is None:
            _submit(session, declaration, sealer, expiry=expiry, letters=letters)
        return declaration

    @declarations.route("/<no>")
    @declarations.doc(parameters=access.PARAMETERS)
    @problems(400, 401, 403, 404, 503)
    @auth.recognises
    @declarations.response(200, StatusSchema)
    def show(no: str) -> Declaration:
        """Show how far a declaration has come"""
        with resources.db.read() as session:
            return access.find(session, no)

    @declarations.route("/<no>", methods=["DELETE"])
    @declarations.doc(parameters=access.PARAMETERS)
    @problems(400, 401, 403, 404, 409, 503)
    @auth.recognises
    @declarations.response(204)
    def cancel(no: str) -> None:
        """Cancel: discard a draft, withdraw a submitted declaration

        Its data and documents are deleted either way. No longer possible once an officer has received it.
        """
        with resources.db.write() as session:
            _cancel(access.find(session, no, to_change=True))

    return [declarations]


def _who_files(route: str) -> Principal | None:
    """Return the caller that this route requires (I3): staff for a paper form, the signed-in guardian for a child; else None.

    :raises Problem: 401 or 403 for anybody else.
    """
    if route == "portal":
        return None
    who = auth.caller()
    if who is None:
        raise Problem(401, headers={"WWW-Authenticate": "Bearer"})
    if who.role not in (access.COUNTER_STAFF if route == "counter" else ("citizen",)):
        raise Problem(403)
    return who


def _submit(
    session: ServiceSession, declaration: Declaration, sealer: Sealer | None, *, expiry: timedelta, letters: timedelta
) -> None:
    if declaration.kind == "register" and code_has_account(session, declaration.bhxh_code or ""):
        raise AccountExists
    now = clock.now()
    link = None
    if sealer is not None and declaration.route == "guardian":
        link = seal_new_link(session, sealer, declaration.dossier_no, now)
    declaration.submit(now, expiry=expiry, letters=letters, sealed_form_link=link)
    try:
        session.flush()
    except IntegrityError:
        # the unique index of I8: another registration of this code was submitted first
        raise RegistrationOpen from None
    make_form(session, declaration.dossier_no, SUBMISSION)


def _cancel(declaration: Declaration) -> None:
    if declaration.status == "draft":
        discard_draft(declaration)
    elif declaration.status != "withdrawn":
        declaration.withdraw(clock.now())
        erase(declaration, WITHDRAWN)
