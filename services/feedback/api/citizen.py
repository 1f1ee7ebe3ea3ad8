"""What the citizen does with the own complaint: reply, reopen, rate (F8)."""

from __future__ import annotations

from typing import Any

from services.chassis.database import ServiceSession
from services.chassis.web import auth
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.feedback.api import access, schemas, views
from services.feedback.api.answers import StandingSchema

_PROBLEMS = (400, 401, 403, 404, 409, 415, 422, 503)


def add_to(complaints: Blueprint) -> None:
    """Add the views."""

    @complaints.route("/<no>/reply", methods=["POST"])
    @complaints.doc(parameters=access.TRACKED)
    @problems(*_PROBLEMS)
    @auth.recognises
    @complaints.arguments(schemas.WordsSchema)
    @complaints.idempotent
    @complaints.response(200, StandingSchema)
    def reply(data: dict[str, Any], no: str, *, session: ServiceSession) -> dict[str, Any]:
        """Reply to the office's question; its clocks run on (F7)"""
        complaint = access.own(session, no)
        complaint.hear_reply(data["words"])
        return views.standing(complaint)

    @complaints.route("/<no>/reopen", methods=["POST"])
    @complaints.doc(parameters=access.TRACKED)
    @problems(*_PROBLEMS)
    @auth.recognises
    @complaints.arguments(schemas.ReopenSchema)
    @complaints.idempotent
    @complaints.response(200, StandingSchema)
    def reopen(data: dict[str, Any], no: str, *, session: ServiceSession) -> dict[str, Any]:
        """Say that the answer does not settle it, within ten days; the same province answers again (F8)"""
        complaint = access.own(session, no)
        complaint.reopen(data["reason"])
        return views.standing(complaint)

    @complaints.route("/<no>/rate", methods=["POST"])
    @complaints.doc(parameters=access.TRACKED)
    @problems(*_PROBLEMS)
    @auth.recognises
    @complaints.arguments(schemas.RateSchema)
    @complaints.idempotent
    @complaints.response(200, StandingSchema)
    def rate(data: dict[str, Any], no: str, *, session: ServiceSession) -> dict[str, Any]:
        """Rate the answer from 1 to 5 (F8)"""
        complaint = access.own(session, no)
        complaint.rate(data["rating"], data["comment"])
        return views.standing(complaint)
