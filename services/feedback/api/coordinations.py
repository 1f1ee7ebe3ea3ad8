"""Co-ordination between offices (F4): asking, the thread, answering. Nothing here moves accountability."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from marshmallow.validate import OneOf

from services.chassis.database import ServiceSession
from services.chassis.web import paging
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.problem import Problem, field_error
from services.chassis.web.resources import resources
from services.feedback import coordination, offices
from services.feedback.actors import OFFICE_ROLES, Actor
from services.feedback.api import access, schemas, views
from services.feedback.api.answers_shown import CoordinationSchema
from services.feedback.coordination import ASKED, STATUSES, Coordination
from services.feedback.model import Complaint

_PROBLEMS = (400, 401, 403, 404, 409, 415, 422, 503)


class CoordinationQuery(paging.PageQuery):
    side = ma.fields.String(
        load_default="asked",
        validate=OneOf(("asked", "asking")),
        metadata={"description": "what others ask of this province, or what it asks of others"},
    )
    status = ma.fields.String(load_default=ASKED, validate=OneOf(STATUSES))


def add_to_complaints(complaints: Blueprint) -> None:
    """Add the view that asks."""

    @complaints.route("/<no>/coordinate", methods=["POST"])
    @problems(*_PROBLEMS)
    @access.staff(*OFFICE_ROLES)
    @complaints.arguments(schemas.CoordinateSchema)
    @complaints.idempotent
    @complaints.response(201, CoordinationSchema)
    def coordinate(data: dict[str, Any], no: str, *, session: ServiceSession) -> dict[str, Any]:
        """Ask another office for help (F4)

        It answers in a thread, by a clock of its own. The complaint and its clocks stay with the province that received it.
        """
        complaint, who = access.find(session, no, to_change=True), access.actor()
        access.accountable(complaint, who)
        office = offices.find(session, data["office_code"])
        if office is None or office.code == complaint.office["code"]:
            wrong = field_error(
                "office_code",
                vi="Không có cơ quan BHXH này, hoặc đó chính là cơ quan đang chịu trách nhiệm.",
                en="There is no such office, or it is the accountable one itself.",
            )
            raise Problem(422, errors=[wrong])
        request = coordination.request(complaint, who, office.as_dict(), data["question"])
        session.flush()
        return views.as_coordination(session, request)


def blueprint() -> Blueprint:
    """`/coordinations`: what the asked office works with."""
    made = Blueprint("coordinations", __name__, url_prefix="/coordinations", description="Requests between offices (F4)")

    @made.route("")
    @problems(400, 401, 403, 422, 503)
    @access.staff(*OFFICE_ROLES)
    @made.arguments(CoordinationQuery, location="query")
    @made.response(200, paging.page_of(CoordinationSchema))
    def search(query: dict[str, Any]) -> dict[str, Any]:
        """What is asked of this province, or what it has asked; what is due first comes first"""
        who = access.actor()
        statement = sa.select(Coordination).where(Coordination.status == query["status"])
        if query["side"] == "asked":
            statement = statement.where(Coordination.province_code == who.province_code)
        else:
            own = sa.select(Complaint.complaint_no).where(Complaint.province_code == who.province_code)
            statement = statement.where(Coordination.complaint_no.in_(own))
        with resources.db.read() as session:
            page = paging.fetch(session, statement, by=(Coordination.due_at, Coordination.id), query=query, descending=False)
            return page | {"items": [views.as_coordination(session, each) for each in page["items"]]}

    @made.route("/<uuid:coordination_id>")
    @problems(401, 403, 404, 503)
    @access.staff(*OFFICE_ROLES)
    @made.response(200, CoordinationSchema)
    def show(coordination_id: uuid.UUID) -> dict[str, Any]:
        """One request with its thread, for both sides"""
        with resources.db.read() as session:
            request, complaint = _found(session, coordination_id)
            _one_side(request, complaint, access.actor())
            return views.as_coordination(session, request)

    @made.route("/<uuid:coordination_id>/messages", methods=["POST"])
    @problems(*_PROBLEMS)
    @access.staff(*OFFICE_ROLES)
    @made.arguments(schemas.WordsSchema)
    @made.idempotent
    @made.response(201, CoordinationSchema)
    def say(data: dict[str, Any], coordination_id: uuid.UUID, *, session: ServiceSession) -> dict[str, Any]:
        """Add to the thread; either side"""
        request, complaint = _found(session, coordination_id, to_change=True)
        who = access.actor()
        _one_side(request, complaint, who)
        request.say(who, data["words"])
        session.flush()
        return views.as_coordination(session, request)

    @made.route("/<uuid:coordination_id>/answer", methods=["POST"])
    @problems(*_PROBLEMS)
    @access.staff(*OFFICE_ROLES)
    @made.arguments(schemas.WordsSchema)
    @made.idempotent
    @made.response(200, CoordinationSchema)
    def answer(data: dict[str, Any], coordination_id: uuid.UUID, *, session: ServiceSession) -> dict[str, Any]:
        """Answer it: the asked province's word; the accountable one goes on and answers the citizen"""
        request, complaint = _found(session, coordination_id, to_change=True)
        who = access.actor()
        if who.province_code != request.province_code:
            raise Problem(403, "not-asked", vi="Yêu cầu này hỏi cơ quan khác.", en="This request asks another office.")
        request.answer(complaint, who, data["words"])
        session.flush()
        return views.as_coordination(session, request)

    @made.route("/<uuid:coordination_id>/withdraw", methods=["POST"])
    @problems(*_PROBLEMS)
    @access.staff(*OFFICE_ROLES)
    @made.idempotent
    @made.response(200, CoordinationSchema)
    def withdraw(coordination_id: uuid.UUID, *, session: ServiceSession) -> dict[str, Any]:
        """Take the question back; the accountable province only"""
        request, complaint = _found(session, coordination_id, to_change=True)
        who = access.actor()
        access.accountable(complaint, who)
        request.withdraw(complaint, who)
        return views.as_coordination(session, request)

    return made


def _found(
    session: ServiceSession, coordination_id: uuid.UUID, *, to_change: bool = False
) -> tuple[Coordination, Complaint]:
    """The request and its complaint, locked in the order in which the sweep locks them."""
    request = Coordination.locked(session, coordination_id) if to_change else session.get(Coordination, coordination_id)
    if request is None:
        raise Problem(404)
    return request, access.find(session, request.complaint_no, to_change=to_change)


def _one_side(request: Coordination, complaint: Complaint, who: Actor) -> None:
    """Both provinces see the thread, and nobody else.

    :raises Problem: 403 for a third one.
    """
    if who.province_code not in (request.province_code, complaint.province_code):
        raise Problem(
            403,
            "not-your-province",
            vi="Yêu cầu phối hợp này của hai cơ quan khác.",
            en="This co-ordination request is between two other offices.",
        )
