"""What an office does with a complaint that its province accounts for: take note, route, ask, answer (F3, F4, F7)."""

from __future__ import annotations

from typing import Any

from services.chassis.database import ServiceSession
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.problem import Problem, field_error
from services.feedback import categories
from services.feedback.actors import OFFICE_ROLES, Actor
from services.feedback.api import access, schemas, views
from services.feedback.api.answers import BulkSchema, StandingSchema
from services.feedback.api.answers_shown import DraftSchema
from services.feedback.model import Complaint
from services.feedback.refusals import Refused
from services.feedback.settings import Settings

_APPROVERS = {"director": ("director",), "approver": ("approver", "director"), "none": ("director",)}
_PROBLEMS = (400, 401, 403, 404, 409, 415, 422, 503)


def add_to(complaints: Blueprint, settings: Settings) -> None:
    """Add the views."""

    @complaints.route("/<no>/acknowledge", methods=["POST"])
    @problems(*_PROBLEMS)
    @access.staff(*OFFICE_ROLES, "board")
    @complaints.idempotent
    @complaints.response(200, StandingSchema)
    def acknowledge(no: str, *, session: ServiceSession) -> dict[str, Any]:
        """Take note of it: the office by its clock (F7); the board, that it has seen it"""
        complaint = access.find(session, no, to_change=True)
        _take_note(complaint, access.actor())
        return views.standing(complaint)

    @complaints.route("/acknowledge", methods=["POST"])
    @problems(400, 401, 403, 415, 422, 503)
    @access.staff(*OFFICE_ROLES, "board")
    @complaints.arguments(schemas.ComplaintNosSchema)
    @complaints.idempotent
    @complaints.response(200, BulkSchema)
    def acknowledge_many(data: dict[str, Any], *, session: ServiceSession) -> dict[str, Any]:
        """Take note of many at once; each that cannot be is told with its reason, the others are done"""
        who, done, refused = access.actor(), [], []
        for no in sorted(set(data["complaint_nos"])):  # everybody locks in the same order
            try:
                _take_note(access.find(session, no, to_change=True), who)
                done.append(no)
            except Refused as error:
                refused.append({"complaint_no": no, "reason": error.kind})
            except Problem as error:
                refused.append({"complaint_no": no, "reason": str(error.members["type"]).rpartition(":")[2]})
        return {"done": done, "refused": refused}

    @complaints.route("/<no>/route", methods=["POST"])
    @problems(*_PROBLEMS)
    @access.staff(*OFFICE_ROLES)
    @complaints.arguments(schemas.RouteSchema)
    @complaints.idempotent
    @complaints.response(200, StandingSchema)
    def route(data: dict[str, Any], no: str, *, session: ServiceSession) -> dict[str, Any]:
        """Give it to the department that it concerns, within the accountable office (F7)"""
        complaint, who = _theirs(session, no)
        complaint.route(who, unit=data["unit"])
        return views.standing(complaint)

    @complaints.route("/<no>/recategorise", methods=["POST"])
    @problems(*_PROBLEMS)
    @access.staff(*OFFICE_ROLES, "board")
    @complaints.arguments(schemas.RecategoriseSchema)
    @complaints.idempotent
    @complaints.response(200, StandingSchema)
    def recategorise(data: dict[str, Any], no: str, *, session: ServiceSession) -> dict[str, Any]:
        """Say that it is of another kind, and so for another board to watch (F2); who accounts for it stays (F4)"""
        complaint, who = access.find(session, no, to_change=True), access.actor()
        (access.watching if who.role == "board" else access.accountable)(complaint, who)
        category = categories.find(session, data["category_code"])
        if category is None or category.code == complaint.category_code:
            wrong = field_error(
                "category_code",
                vi="Không có loại phản ánh này, hoặc phản ánh đã thuộc loại này.",
                en="There is no such category, or it is the one that it has.",
            )
            raise Problem(422, errors=[wrong])
        complaint.recategorise(who, category_code=category.code, board_code=category.board, reason=data["reason"])
        return views.standing(complaint)

    @complaints.route("/<no>/ask", methods=["POST"])
    @problems(*_PROBLEMS)
    @access.staff(*OFFICE_ROLES)
    @complaints.arguments(schemas.QuestionSchema)
    @complaints.idempotent
    @complaints.response(200, StandingSchema)
    def ask(data: dict[str, Any], no: str, *, session: ServiceSession) -> dict[str, Any]:
        """Ask the citizen something; the clocks wait for the reply, once (F7)"""
        complaint, who = _theirs(session, no)
        complaint.ask(who, question=data["question"])
        return views.standing(complaint)

    @complaints.route("/<no>/answer", methods=["POST"])
    @problems(*_PROBLEMS)
    @access.staff(*OFFICE_ROLES)
    @complaints.arguments(schemas.AnswerSchema)
    @complaints.idempotent
    @complaints.response(202, DraftSchema)
    def answer(data: dict[str, Any], no: str, *, session: ServiceSession) -> dict[str, Any]:
        """Write the answer; the director approves it before the citizen gets it (setting `ANSWER_APPROVAL`)"""
        complaint, who = _theirs(session, no)
        return views.as_draft(complaint.draft(who, data["text"], needs_approval=settings.answer_approval != "none"))

    @complaints.route("/<no>/answer/approve", methods=["POST"])
    @problems(*_PROBLEMS)
    @access.staff(*_APPROVERS[settings.answer_approval])
    @complaints.arguments(schemas.ApproveSchema)
    @complaints.idempotent
    @complaints.response(200, DraftSchema)
    def approve(data: dict[str, Any], no: str, *, session: ServiceSession) -> dict[str, Any]:
        """Approve the draft of this version and send it"""
        complaint, who = _theirs(session, no)
        return views.as_draft(complaint.approve(who, version=data["version"]))

    @complaints.route("/<no>/answer/return", methods=["POST"])
    @problems(*_PROBLEMS)
    @access.staff(*_APPROVERS[settings.answer_approval])
    @complaints.arguments(schemas.RemarkSchema)
    @complaints.idempotent
    @complaints.response(200, DraftSchema)
    def give_back(data: dict[str, Any], no: str, *, session: ServiceSession) -> dict[str, Any]:
        """Have the answer written anew, and say why"""
        complaint, who = _theirs(session, no)
        return views.as_draft(complaint.give_back(who, remark=data["remark"]))


def _take_note(complaint: Complaint, who: Actor) -> None:
    if who.role == "board":
        access.watching(complaint, who)
        complaint.seen_by_board(who)
        return
    access.accountable(complaint, who)
    complaint.acknowledge(who)


def _theirs(session: ServiceSession, no: str) -> tuple[Complaint, Actor]:
    complaint, who = access.find(session, no, to_change=True), access.actor()
    access.accountable(complaint, who)
    return complaint, who
