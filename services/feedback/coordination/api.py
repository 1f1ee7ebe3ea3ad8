"""`/coordinations` (F4): ask another office, follow the thread, answer. Nothing here moves accountability."""

from __future__ import annotations

import uuid
from typing import Any

from services.chassis.database import ServiceSession
from services.chassis.web import looks, paging
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.resources import resources
from services.feedback.complaints.schemas import WordsSchema
from services.feedback.coordination import rules, steps
from services.feedback.coordination.rules import Coordination
from services.feedback.coordination.schemas import CoordinateSchema, CoordinationQuery, CoordinationSchema
from services.feedback.directory.actors import OFFICE_ROLES
from services.feedback.directory.callers import calling_staff, staff_only

_PROBLEMS = (400, 401, 403, 404, 409, 415, 422, 503)

blueprint = Blueprint("coordinations", __name__, description="Requests between offices (F4)")


@blueprint.route("/complaints/<no>/coordinate", methods=["POST"])
@problems(*_PROBLEMS)
@staff_only(*OFFICE_ROLES)
@blueprint.arguments(CoordinateSchema)
@blueprint.idempotent
@blueprint.response(201, CoordinationSchema)
def coordinate(data: dict[str, Any], no: str, *, session: ServiceSession) -> Coordination:
    """Ask another office for help (F4)

    It answers in a thread, within its own deadline. The complaint and its clocks stay with the province that received it.
    """
    return steps.request(session, no, data)


@blueprint.route("/coordinations")
@problems(400, 401, 403, 422, 503)
@staff_only(*OFFICE_ROLES)
@blueprint.recorded
@blueprint.arguments(CoordinationQuery, location="query")
@blueprint.response(200, paging.page_of(CoordinationSchema))
def search(query: dict[str, Any]) -> dict[str, Any]:
    """List the requests to this province, or those it has made; the earliest due date first"""
    statement = rules.requests_in_list(calling_staff(), side=query["side"], status=query["status"])
    with resources.db.write() as session:
        page = paging.fetch(session, statement, by=(Coordination.due_at, Coordination.id), query=query, descending=False)
        looks.look_at_list(session, "coordinations", [each.complaint_no for each in page["items"]], because="coordination")
        return page


@blueprint.route("/coordinations/<uuid:coordination_id>")
@problems(401, 403, 404, 503)
@staff_only(*OFFICE_ROLES)
@blueprint.recorded
@blueprint.response(200, CoordinationSchema)
def show(coordination_id: uuid.UUID) -> Coordination:
    """Show a request with its thread, to either side"""
    with resources.db.write() as session:
        return steps.opened(session, coordination_id)[0]


@blueprint.route("/coordinations/<uuid:coordination_id>/messages", methods=["POST"])
@problems(*_PROBLEMS)
@staff_only(*OFFICE_ROLES)
@blueprint.arguments(WordsSchema)
@blueprint.idempotent
@blueprint.response(201, CoordinationSchema)
def add_message(data: dict[str, Any], coordination_id: uuid.UUID, *, session: ServiceSession) -> Coordination:
    """Add a message to the thread, from either side"""
    return steps.add_message(session, coordination_id, data["words"])


@blueprint.route("/coordinations/<uuid:coordination_id>/answer", methods=["POST"])
@problems(*_PROBLEMS)
@staff_only(*OFFICE_ROLES)
@blueprint.arguments(WordsSchema)
@blueprint.idempotent
@blueprint.response(200, CoordinationSchema)
def answer(data: dict[str, Any], coordination_id: uuid.UUID, *, session: ServiceSession) -> Coordination:
    """Answer the request, as the asked province; the accountable one then answers the citizen"""
    return steps.answer(session, coordination_id, data["words"])


@blueprint.route("/coordinations/<uuid:coordination_id>/withdraw", methods=["POST"])
@problems(*_PROBLEMS)
@staff_only(*OFFICE_ROLES)
@blueprint.idempotent
@blueprint.response(200, CoordinationSchema)
def withdraw(coordination_id: uuid.UUID, *, session: ServiceSession) -> Coordination:
    """Withdraw the request, as the accountable province"""
    return steps.withdraw(session, coordination_id)


blueprints = (blueprint,)
