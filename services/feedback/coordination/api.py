"""`/coordinations` (F4): ask another office, follow the thread, answer. Nothing here moves accountability."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from services.chassis.database import ServiceSession
from services.chassis.web import looks, paging
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.problem import Problem, field_error
from services.chassis.web.resources import resources
from services.feedback.complaints import access
from services.feedback.complaints.handling import in_list_of
from services.feedback.complaints.rules import Complaint
from services.feedback.complaints.schemas import WordsSchema
from services.feedback.coordination import rules
from services.feedback.coordination.rules import Coordination
from services.feedback.coordination.schemas import CoordinateSchema, CoordinationQuery, CoordinationSchema
from services.feedback.directory import offices
from services.feedback.directory.actors import OFFICE_ROLES, Actor
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
    complaint, who = access.find_accountable(session, no)
    office = offices.find(session, data["office_code"])
    if office is None or office.code == complaint.office["code"]:
        wrong = field_error(
            "office_code",
            vi="Không có cơ quan BHXH này, hoặc đó chính là cơ quan đang chịu trách nhiệm.",
            en="Unknown office, or the accountable office itself.",
        )
        raise Problem(422, errors=[wrong])
    if complaint.about is not None and office.province_code == complaint.province_code:
        concerned = field_error(
            "office_code",
            vi="Phản ánh về cán bộ hoặc cơ quan của tỉnh này: chỉ đề nghị tỉnh khác phối hợp.",
            en="The complaint is about staff of this province: ask an office of another one.",
        )
        raise Problem(422, errors=[concerned])
    return rules.request(complaint, who, office.as_dict(), data["question"])


@blueprint.route("/coordinations")
@problems(400, 401, 403, 422, 503)
@staff_only(*OFFICE_ROLES)
@blueprint.recorded
@blueprint.arguments(CoordinationQuery, location="query")
@blueprint.response(200, paging.page_of(CoordinationSchema))
def search(query: dict[str, Any]) -> dict[str, Any]:
    """List the requests to this province, or those it has made; the earliest due date first"""
    who = calling_staff()
    statement = sa.select(Coordination).where(Coordination.status == query["status"])
    if query["side"] == "asked":
        statement = statement.where(Coordination.province_code == who.province_code)
    else:
        own = sa.select(Complaint.complaint_no).where(in_list_of(Complaint, who))
        statement = statement.where(Coordination.complaint_no.in_(own))
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
        request, complaint = _found(session, coordination_id)
        _must_take_part(request, complaint, calling_staff())
        looks.look(session, "coordination", complaint.complaint_no, because="coordination", request=str(request.id))
        return request


@blueprint.route("/coordinations/<uuid:coordination_id>/messages", methods=["POST"])
@problems(*_PROBLEMS)
@staff_only(*OFFICE_ROLES)
@blueprint.arguments(WordsSchema)
@blueprint.idempotent
@blueprint.response(201, CoordinationSchema)
def add_message(data: dict[str, Any], coordination_id: uuid.UUID, *, session: ServiceSession) -> Coordination:
    """Add a message to the thread, from either side"""
    request, complaint = _found(session, coordination_id, to_change=True)
    who = calling_staff()
    _must_take_part(request, complaint, who)
    request.add_message(who, data["words"])
    return request


@blueprint.route("/coordinations/<uuid:coordination_id>/answer", methods=["POST"])
@problems(*_PROBLEMS)
@staff_only(*OFFICE_ROLES)
@blueprint.arguments(WordsSchema)
@blueprint.idempotent
@blueprint.response(200, CoordinationSchema)
def answer(data: dict[str, Any], coordination_id: uuid.UUID, *, session: ServiceSession) -> Coordination:
    """Answer the request, as the asked province; the accountable one then answers the citizen"""
    request, complaint = _found(session, coordination_id, to_change=True)
    who = calling_staff()
    if who.province_code != request.province_code:
        raise Problem(
            403, "not-asked", vi="Yêu cầu này hỏi cơ quan khác.", en="This request is addressed to another office."
        )
    _must_take_part(request, complaint, who)
    request.answer(complaint, who, data["words"])
    return request


@blueprint.route("/coordinations/<uuid:coordination_id>/withdraw", methods=["POST"])
@problems(*_PROBLEMS)
@staff_only(*OFFICE_ROLES)
@blueprint.idempotent
@blueprint.response(200, CoordinationSchema)
def withdraw(coordination_id: uuid.UUID, *, session: ServiceSession) -> Coordination:
    """Withdraw the request, as the accountable province"""
    request, complaint = _found(session, coordination_id, to_change=True)
    who = calling_staff()
    access.must_be_accountable(complaint, who)
    request.withdraw(complaint, who)
    return request


def _found(
    session: ServiceSession, coordination_id: uuid.UUID, *, to_change: bool = False
) -> tuple[Coordination, Complaint]:
    """Return the request and its complaint, locked in the same order as the sweep locks them."""
    request = Coordination.locked(session, coordination_id) if to_change else session.get(Coordination, coordination_id)
    if request is None:
        raise Problem(404)
    return request, access.find(session, request.complaint_no, to_change=to_change)


def _must_take_part(request: Coordination, complaint: Complaint, who: Actor) -> None:
    """Check that the caller belongs to one of the two provinces.

    :raises Problem: 403 for a third one.
    """
    if who.province_code == complaint.province_code:
        access.must_be_accountable(complaint, who)
    elif who.province_code != request.province_code:
        raise Problem(
            403,
            "not-your-province",
            vi="Yêu cầu phối hợp này của hai cơ quan khác.",
            en="This co-ordination request is between two other offices.",
        )


blueprints = (blueprint,)
