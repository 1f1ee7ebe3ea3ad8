"""`/complaints/{no}/answer…`: the office drafts an answer, the director approves or returns it (F4, F7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.chassis.database import ServiceSession
from services.chassis.resources import Resources
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.feedback.answers import rules
from services.feedback.answers.rules import Answer
from services.feedback.answers.schemas import AnswerSchema, ApproveSchema, DraftSchema, RemarkSchema
from services.feedback.complaints import access
from services.feedback.directory.actors import WORKING_ROLES
from services.feedback.directory.callers import staff_only
from services.feedback.settings import Settings

#: the roles that approve and return, for each value of `ANSWER_APPROVAL`; boards: the desk, where a director is concerned (F9)
APPROVERS = {"director": ("director", "board"), "approver": ("approver", "director", "board"), "none": ("director", "board")}
_PROBLEMS = (400, 401, 403, 404, 409, 415, 422, 503)


def blueprints(resources: Resources[Settings]) -> Sequence[Blueprint]:
    """Return the blueprint; the setting `ANSWER_APPROVAL` says who approves."""
    approval = resources.settings.answer_approval
    answers = Blueprint("answers", __name__, url_prefix="/complaints", description="Drafts of answers and their approval")

    @answers.route("/<no>/answer", methods=["POST"])
    @problems(*_PROBLEMS)
    @staff_only(*WORKING_ROLES)
    @answers.arguments(AnswerSchema)
    @answers.idempotent
    @answers.response(202, DraftSchema)
    def answer(data: dict[str, Any], no: str, *, session: ServiceSession) -> Answer:
        """Draft the answer; the director approves it before it goes to the citizen (setting `ANSWER_APPROVAL`)"""
        complaint, who = access.find_accountable(session, no)
        return rules.draft(complaint, who, data["text"], needs_approval=approval != "none")

    @answers.route("/<no>/answer/approve", methods=["POST"])
    @problems(*_PROBLEMS)
    @staff_only(*APPROVERS[approval])
    @answers.arguments(ApproveSchema)
    @answers.idempotent
    @answers.response(200, DraftSchema)
    def approve(data: dict[str, Any], no: str, *, session: ServiceSession) -> Answer:
        """Approve the draft of this version and send it

        Words that send the citizen to another office are refused (409, `phrases`) unless a director insists with a reason (F4).
        """
        complaint, who = access.find_accountable(session, no)
        return rules.approve(complaint, who, version=data["version"], insists_because=data["insists_because"])

    @answers.route("/<no>/answer/return", methods=["POST"])
    @problems(*_PROBLEMS)
    @staff_only(*APPROVERS[approval])
    @answers.arguments(RemarkSchema)
    @answers.idempotent
    @answers.response(200, DraftSchema)
    def return_to_writer(data: dict[str, Any], no: str, *, session: ServiceSession) -> Answer:
        """Return the draft to its writer, with a remark"""
        complaint, who = access.find_accountable(session, no)
        return rules.return_to_writer(complaint, who, remark=data["remark"])

    return (answers,)
