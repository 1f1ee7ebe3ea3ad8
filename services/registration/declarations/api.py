"""`/declarations`: create, submit, show and cancel declarations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError

from services.chassis import clock, tracking
from services.chassis.calendar import Calendar, calendar_of, today_in_vietnam
from services.chassis.database import ServiceSession
from services.chassis.recovery.counters import note_lease
from services.chassis.resources import Resources
from services.chassis.seal import Sealer
from services.chassis.serials import Serials
from services.chassis.web import auth, budgets, looks
from services.chassis.web.auth import Principal
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.numbered import Number, numbered
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources
from services.chassis.web.throttles import Budget
from services.registration.declarations import access, limits
from services.registration.declarations.accounts import account_phones, is_holder
from services.registration.declarations.counters import check_channel
from services.registration.declarations.erasure import WITHDRAWN, discard_draft, erase
from services.registration.declarations.guardians import renew_guardian
from services.registration.declarations.intake import create_draft
from services.registration.declarations.numbers import FORM, counters
from services.registration.declarations.refusals import AccountExists, NoAccount, RegistrationOpen
from services.registration.declarations.responses import CreatedSchema, StatusSchema, SubmittedSchema
from services.registration.declarations.rules import HAS_ACCOUNT, Declaration
from services.registration.declarations.schemas import DeclarationSchema, SubmitSchema
from services.registration.declarations.succession import make_way, standing
from services.registration.expiry.terms import Terms
from services.registration.form01.jobs import SUBMISSION, make_form
from services.registration.form01.links import seal_new_link
from services.registration.settings import Settings

#: 26 letters: 130 random bits
_CODE_LENGTH = 26


def blueprints(made_for: Resources[Settings]) -> Sequence[Blueprint]:
    """Return the blueprint; the settings give the ten days, the limits, and the size of a block of numbers."""
    settings = made_for.settings
    # the first count of working days takes a second: here, and in nobody's request
    Calendar().first_worked_from(today_in_vietnam())
    sealer = Sealer(settings.seal_public_key) if settings.seal_public_key else None
    numbers = Serials(made_for.db, FORM, counters, block=settings.number_block, on_lease=note_lease)
    declarations = Blueprint(
        "declarations", __name__, url_prefix="/declarations", description="Form 01, from draft to its end"
    )

    @declarations.route("", methods=["POST"])
    @problems(400, 401, 403, 409, 413, 415, 422, 429, 503)
    @auth.recognises
    @budgets.bounded(budgets.FILING)
    @declarations.arguments(DeclarationSchema())  # an instance: a class would be instantiated for every request
    @numbered(numbers)
    @declarations.idempotent
    @declarations.response(201, CreatedSchema)
    def create(data: dict[str, Any], *, number: Number, session: ServiceSession) -> dict[str, Any]:
        """Create a draft of Form 01

        Nothing is submitted yet: add the pictures, then submit. A draft has no dossier number; every path takes its
        `draft_id`. Route `counter` needs a token of an officer, approver or director, in the channel of their own office;
        route `guardian` the guardian's own (role citizen); route `portal` none. The tracking code is given only in this answer.
        """
        who = _who_files(data["route"])
        if who is not None and data["route"] == "counter":
            check_channel(session, who, data["channel"])
        code = tracking.new_code(length=_CODE_LENGTH)
        draft = create_draft(session, data, tracking_hash=tracking.digest(code), who=who, now=clock.now())
        created = {"draft_id": draft.draft_id, "tracking_code": code, "status": "draft"}
        if settings.previous_release_beside:
            draft.dossier_no, draft.phone_proved = number.use(), True
            created |= {"draft_id": draft.dossier_no, "dossier_no": draft.dossier_no}
        _count(session, limits.drafts(settings))
        return created

    @declarations.route("/<no>/submit", methods=["POST"])
    @declarations.doc(parameters=access.PARAMETERS)
    @problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
    @auth.recognises
    @budgets.bounded(budgets.FILING)
    @declarations.arguments(SubmitSchema())
    @numbered(numbers)
    @declarations.idempotent
    @declarations.response(202, SubmittedSchema)
    def submit(_agreed: dict[str, Any], no: str, *, number: Number, session: ServiceSession) -> Declaration:
        """Agree to the commitment and submit the declaration, which takes its dossier number

        An SMS with the number goes to the registered phone, and a PDF of Form 01 is made. Submitting the same draft again
        returns the same number and the current status.
        """
        declaration = access.find(session, no, to_change=True)
        if declaration.submitted_at is None:
            _submit(session, declaration, number, settings.terms, sealer)
            _count(session, limits.submissions(settings, (declaration.contact or {}).get("phone")))
        return declaration

    @declarations.route("/<no>")
    @declarations.doc(parameters=access.PARAMETERS)
    @problems(400, 401, 403, 404, 503)
    @auth.recognises
    @budgets.bounded(budgets.TRACKING)
    @declarations.recorded
    @declarations.response(200, StatusSchema)
    def show(no: str) -> Declaration:
        """Show how far a declaration has come"""
        with access.opened() as session:
            declaration = access.find(session, no)
            # no name, no number of a person is shown: what for need not be said
            looks.look(session, "progress", declaration.dossier_no, because="progress")
            return declaration

    @declarations.route("/<no>", methods=["DELETE"])
    @declarations.doc(parameters=access.PARAMETERS)
    @problems(400, 401, 403, 404, 409, 503)
    @auth.recognises
    @budgets.bounded(budgets.TRACKING)
    @declarations.response(204)
    def cancel(no: str) -> None:
        """Cancel: discard a draft, withdraw a submitted declaration

        Its data and documents are deleted either way. No longer possible once an officer has received it, unless nothing was
        decided for ten working days (`withdrawable`).
        """
        with resources.db.write() as session:
            _cancel(access.find(session, no, to_change=True))

    return [declarations]


def _who_files(route: str) -> Principal | None:
    """Return the caller, if signed in: the portal is open to all, a paper form is for staff, a child for its guardian (I3).

    :raises Problem: 401 or 403 for anybody else.
    """
    who = auth.caller()
    if route == "portal":
        return who
    if who is None:
        raise Problem(401, headers={"WWW-Authenticate": "Bearer"})
    if who.role not in (access.COUNTER_STAFF if route == "counter" else ("citizen",)):
        raise Problem(403)
    return who


def _count(session: ServiceSession, budget: Budget) -> None:
    """Count what is kept; last, as the counts are locked until the commit."""
    session.flush()
    budget.count(session)


def _submit(session: ServiceSession, declaration: Declaration, number: Number, terms: Terms, sealer: Sealer | None) -> None:
    renew_guardian(session, declaration)
    now, term, link = clock.now(), None, None
    found = standing(session, declaration, now)
    if declaration.kind != "register":
        if not found.account and auth.caller() is not None:
            raise NoAccount
    elif found.account:
        if _may_hear_of_account(session, declaration):
            raise AccountExists
        declaration.warnings = [*declaration.warnings, HAS_ACCOUNT]
    no = declaration.number or number.use()
    if found.in_the_way:
        make_way(session, declaration, number=no, now=now)
    if declaration.route == "portal":
        term = terms.begin(calendar_of(session), now, about=no, by_post=declaration.by_post)
    if sealer is not None and declaration.route == "guardian":
        link = seal_new_link(session, sealer, no, now)
    declaration.submit(now, term, number=no, sealed_form_link=link)
    try:
        session.flush()
    except IntegrityError:
        # the unique index of I8: another registration of this code was submitted first
        raise RegistrationOpen from None
    make_form(session, declaration.dossier_no, SUBMISSION)


def _may_hear_of_account(session: ServiceSession, declaration: Declaration) -> bool:
    """Tell whether whoever files may know that the code has an account: staff, its holder, and who has proved its own phone (I8)."""
    if declaration.route == "counter" or is_holder(session, auth.caller(), declaration.bhxh_code or ""):
        return True
    phones = account_phones(session, declaration.bhxh_code or "")
    return declaration.phone_proved and (declaration.contact or {}).get("phone") in phones


def _cancel(declaration: Declaration) -> None:
    if declaration.status == "draft":
        discard_draft(declaration)
    elif declaration.status != "withdrawn":
        declaration.withdraw(clock.now())
        erase(declaration, WITHDRAWN)
