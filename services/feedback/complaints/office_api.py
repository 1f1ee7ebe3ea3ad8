"""Let staff acknowledge, route and re-categorise complaints, and ask the citizen (F2, F3, F4, F7)."""

from __future__ import annotations

from typing import Any

from services.chassis.database import ServiceSession
from services.chassis.errors import Refused
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources
from services.feedback.complaints import schemas, steps
from services.feedback.complaints.responses import BulkSchema, StandingSchema
from services.feedback.complaints.rules import Complaint
from services.feedback.directory.actors import WORKING_ROLES
from services.feedback.directory.callers import calling_staff, staff_only

_PROBLEMS = (400, 401, 403, 404, 409, 415, 422, 503)

blueprint = Blueprint("office", __name__, url_prefix="/complaints", description="What offices do with complaints")


@blueprint.route("/<no>/acknowledge", methods=["POST"])
@problems(*_PROBLEMS)
@staff_only(*WORKING_ROLES)
@blueprint.idempotent
@blueprint.response(200, StandingSchema)
def acknowledge(no: str, *, session: ServiceSession) -> Complaint:
    """Acknowledge the complaint: as the office, within its clock (F7), or as the board, to record that it has seen it"""
    return steps.take_note(session, no, calling_staff())


@blueprint.route("/acknowledge", methods=["POST"])
@problems(400, 401, 403, 415, 422, 503)
@staff_only(*WORKING_ROLES)
@blueprint.arguments(schemas.ComplaintNosSchema)
@blueprint.idempotent
@blueprint.response(200, BulkSchema)
def acknowledge_many(data: dict[str, Any], *, session: ServiceSession) -> dict[str, Any]:
    """Acknowledge many complaints at once; those refused are returned with their reasons"""
    who, done, refused = calling_staff(), [], []
    for no in sorted(set(data["complaint_nos"])):  # one lock order for all requests
        try:
            steps.take_note(session, no, who)
            done.append(no)
        except Refused as error:
            refused.append({"complaint_no": no, "reason": error.kind})
        except Problem as error:
            refused.append({"complaint_no": no, "reason": str(error.members["type"]).rpartition(":")[2]})
    return {"done": done, "refused": refused}


@blueprint.route("/<no>/route", methods=["POST"])
@problems(*_PROBLEMS)
@staff_only(*WORKING_ROLES)
@blueprint.arguments(schemas.RouteSchema)
@blueprint.idempotent
@blueprint.response(200, StandingSchema)
def route(data: dict[str, Any], no: str, *, session: ServiceSession) -> Complaint:
    """Route the complaint to the department it concerns, within the accountable office (F7)"""
    return steps.route(session, no, data)


@blueprint.route("/<no>/recategorise", methods=["POST"])
@problems(*_PROBLEMS)
@staff_only(*WORKING_ROLES)
@blueprint.arguments(schemas.RecategoriseSchema)
@blueprint.idempotent
@blueprint.response(200, StandingSchema)
def recategorise(data: dict[str, Any], no: str, *, session: ServiceSession) -> Complaint:
    """Move the complaint to another category, and with it perhaps another board (F2); accountability does not move (F4)"""
    return steps.recategorise(session, no, data, urgent_category=resources.settings.urgent_category)


@blueprint.route("/<no>/about", methods=["POST"])
@problems(*_PROBLEMS)
@staff_only(*WORKING_ROLES)
@blueprint.arguments(schemas.MarkSchema)
@blueprint.idempotent
@blueprint.response(200, StandingSchema)
def mark_about(data: dict[str, Any], no: str, *, session: ServiceSession) -> Complaint:
    """Mark whom of the agency's own the complaint is about (F9), as the office, the desk or the board

    From then on only those who are not concerned handle it and see who complained: the province's director, or the desk for
    complaints about directors.
    """
    return steps.mark_about(session, no, data)


@blueprint.route("/<no>/ask", methods=["POST"])
@problems(*_PROBLEMS)
@staff_only(*WORKING_ROLES)
@blueprint.arguments(schemas.QuestionSchema)
@blueprint.idempotent
@blueprint.response(200, StandingSchema)
def ask(data: dict[str, Any], no: str, *, session: ServiceSession) -> Complaint:
    """Ask the citizen a question; the clocks are paused for the reply, once (F7)

    A question that sends the citizen to another office is refused as an answer is (F4).
    """
    return steps.ask(session, no, data)
