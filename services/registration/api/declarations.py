"""`/declarations`: create, submit, look at, cancel."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError

from services.chassis import clock
from services.chassis.database import ServiceSession
from services.chassis.serials import Serials
from services.chassis.web import auth
from services.chassis.web.auth import Principal
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.numbered import numbered
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources
from services.registration import intake, jobs, tracking
from services.registration.api import access
from services.registration.api.answers import CreatedSchema, StatusSchema, SubmitSchema, SubmittedSchema
from services.registration.api.schemas import DeclarationSchema
from services.registration.model import Declaration, NotNow, tell
from services.registration.settings import Settings


def add_to(declarations: Blueprint, settings: Settings, numbers: Serials) -> None:
    """Add the views."""
    expiry = timedelta(days=settings.expiry_days)

    @declarations.route("", methods=["POST"])
    @problems(400, 401, 403, 409, 413, 415, 422, 503)
    @auth.recognises
    @declarations.arguments(DeclarationSchema())  # an instance: of a class one would be made for each request
    @numbered(numbers)
    @declarations.idempotent
    @declarations.response(201, CreatedSchema)
    def create(data: dict[str, Any], *, no: str, session: ServiceSession) -> dict[str, Any]:
        """Fill in Form 01

        Nothing is sent yet: add the pictures, then submit. Route `counter` needs a token of an officer, approver or
        director; route `guardian` the guardian's own (role citizen); route `portal` none. The tracking code is told only here.
        """
        who = _who_files(data["route"])
        code = tracking.new()
        intake.new(session, data, no=no, tracking_hash=tracking.digest(code), who=who, now=clock.now())
        return {"dossier_no": no, "tracking_code": code, "status": "draft"}

    @declarations.route("/<no>/submit", methods=["POST"])
    @declarations.doc(parameters=access.PARAMETERS)
    @problems(400, 401, 403, 404, 409, 413, 415, 422, 503)
    @auth.recognises
    @declarations.arguments(SubmitSchema())
    @declarations.idempotent
    @declarations.response(202, SubmittedSchema)
    def submit(_agreed: dict[str, Any], no: str, *, session: ServiceSession) -> Declaration:
        """Agree to the commitment and send the declaration

        An SMS with the dossier number goes to the registered phone, and Form 01 is made as PDF. Sending it again answers how
        far it has come.
        """
        declaration = access.find(session, no, to_change=True)
        if declaration.submitted_at is None:
            _submit(session, declaration, expiry)
        return declaration

    @declarations.route("/<no>")
    @declarations.doc(parameters=access.PARAMETERS)
    @problems(400, 401, 403, 404, 503)
    @auth.recognises
    @declarations.response(200, StatusSchema)
    def show(no: str) -> Declaration:
        """How far a declaration has come"""
        with resources.db.read() as session:
            return access.find(session, no)

    @declarations.route("/<no>", methods=["DELETE"])
    @declarations.doc(parameters=access.PARAMETERS)
    @problems(400, 401, 403, 404, 409, 503)
    @auth.recognises
    @declarations.response(204)
    def cancel(no: str) -> None:
        """Cancel: a draft is discarded, a submitted declaration withdrawn

        Its data and documents are deleted either way. Not any more once an officer has received it.
        """
        with resources.db.write() as session:
            _cancel(session, access.find(session, no, to_change=True))


def _who_files(route: str) -> Principal | None:
    """Who may file by this route (I3): a paper form is keyed in by staff, a child is filed by somebody signed in."""
    if route == "portal":
        return None
    who = auth.caller()
    if who is None:
        raise Problem(401, headers={"WWW-Authenticate": "Bearer"})
    if who.role not in (access.COUNTER_STAFF if route == "counter" else ("citizen",)):
        raise Problem(403)
    return who


def _submit(session: ServiceSession, declaration: Declaration, expiry: timedelta) -> None:
    if declaration.kind == "register":
        account = intake.code_has_account(session, declaration.bhxh_code or "")
        intake.refuse_second(account=account, open_registration=False)
    fact = declaration.submit(clock.now(), expiry=expiry)
    try:
        session.flush()
    except IntegrityError:
        # the index of I8: somebody else's registration of this code came first
        raise intake.second_registration() from None
    tell(session, declaration, fact)
    jobs.make_form(session, declaration.dossier_no)


def _cancel(session: ServiceSession, declaration: Declaration) -> None:
    if declaration.status == "withdrawn":
        return
    if declaration.status == "draft":
        jobs.delete_documents(session, declaration.dossier_no, declaration.erase())
        session.delete(declaration)
        return
    try:
        fact = declaration.withdraw(clock.now())
    except NotNow as error:
        raise access.refused(error) from None
    tell(session, declaration, fact)
    jobs.delete_documents(session, declaration.dossier_no, declaration.erase())
