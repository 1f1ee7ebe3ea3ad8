"""`/complaints`: file a complaint, follow a complaint (F1, F8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.chassis.database import ServiceSession
from services.chassis.resources import Resources
from services.chassis.web import auth, budgets, looks
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.numbered import Number, numbered
from services.feedback.complaints import access, citizen_api, monitoring_api, office_api, views
from services.feedback.complaints.filing_desk import FilingDesk
from services.feedback.complaints.responses import ComplaintShownSchema, CreatedSchema
from services.feedback.complaints.schemas import ComplaintSchema
from services.feedback.directory.actors import WORKING_ROLES
from services.feedback.directory.callers import calling_staff
from services.feedback.settings import Settings


def blueprints(resources: Resources[Settings]) -> Sequence[Blueprint]:
    """Return the blueprints of `/complaints`."""
    return (_blueprint(resources), citizen_api.blueprint, office_api.blueprint, monitoring_api.blueprint)


def _blueprint(resources: Resources[Settings]) -> Blueprint:
    desk = FilingDesk(resources)
    complaints = Blueprint(
        "complaints", __name__, url_prefix="/complaints", description="Complaints, from receipt to rating"
    )

    @complaints.route("", methods=["POST"])
    @problems(400, 401, 403, 413, 415, 422, 503)
    @auth.recognises
    @budgets.bounded(budgets.FILING)
    @complaints.arguments(ComplaintSchema())  # an instance: a class would be instantiated for every request
    @numbered(desk.numbers)
    @complaints.idempotent
    @complaints.response(201, CreatedSchema)
    def file(data: dict[str, Any], *, number: Number, session: ServiceSession) -> dict[str, Any]:
        """File a complaint or suggestion (F1)

        Channels `web` and `app`: anybody, signed in or not, with a name or without. `hotline` and `email`: staff, for the person
        who calls or writes. `counter`: an office's staff, for their own province.
        """
        return desk.take_in(session, data, number)

    @complaints.route("/<no>")
    @complaints.doc(parameters=access.TRACKED)
    @problems(400, 401, 403, 404, 503)
    @auth.recognises
    @budgets.bounded(budgets.TRACKING)
    @complaints.recorded
    @complaints.response(200, ComplaintShownSchema)
    def show(no: str) -> dict[str, Any]:
        """Show how far a complaint has come: steps, dates and who is accountable, to the holder of its tracking code and to staff (F8)

        `content` is for the citizen (tracking code or account), the accountable province, provinces it asks for help, the board
        and the IT centre; `work` only for the staff among them, whose look is recorded (V16).
        """
        with resources.db.write() if looks.by_staff() else resources.db.read() as session:
            complaint = access.find_for_citizen_or_staff(session, no)
            shown = views.public(session, complaint)
            who = auth.caller()
            staff = calling_staff() if who is not None and who.role in WORKING_ROLES else None
            if staff is not None and access.may_see(session, complaint, staff):
                shown["work"] = views.work(session, complaint, staff)
            if shown["work"] is not None or access.is_citizens_own(complaint):
                shown["content"] = views.content(session, complaint)
                access.look_at(session, complaint)
            else:
                looks.nothing_shown()
            return shown

    return complaints
