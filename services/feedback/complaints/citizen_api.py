"""Let citizens reply to, reopen and rate their own complaints (F7, F8)."""

from __future__ import annotations

from typing import Any

from services.chassis.database import ServiceSession
from services.chassis.web import auth, budgets
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.feedback.complaints import access, schemas
from services.feedback.complaints.responses import StandingSchema
from services.feedback.complaints.rules import Complaint

_PROBLEMS = (400, 401, 403, 404, 409, 415, 422, 503)

blueprint = Blueprint("citizen", __name__, url_prefix="/complaints", description="What citizens do with their complaints")


@blueprint.route("/<no>/reply", methods=["POST"])
@blueprint.doc(parameters=access.TRACKED)
@problems(*_PROBLEMS)
@auth.recognises
@budgets.bounded(budgets.FILING)
@blueprint.arguments(schemas.WordsSchema)
@blueprint.idempotent
@blueprint.response(200, StandingSchema)
def reply(data: dict[str, Any], no: str, *, session: ServiceSession) -> Complaint:
    """Reply to the office's question; the clocks resume (F7)"""
    complaint = access.find_own(session, no)
    complaint.record_reply(data["words"])
    return complaint


@blueprint.route("/<no>/reopen", methods=["POST"])
@blueprint.doc(parameters=access.TRACKED)
@problems(*_PROBLEMS)
@auth.recognises
@budgets.bounded(budgets.FILING)
@blueprint.arguments(schemas.ReopenSchema)
@blueprint.idempotent
@blueprint.response(200, StandingSchema)
def reopen(data: dict[str, Any], no: str, *, session: ServiceSession) -> Complaint:
    """Reopen the complaint within ten days, if the answer does not settle it; the same province answers again (F8)"""
    complaint = access.find_own(session, no)
    complaint.reopen(data["reason"])
    return complaint


@blueprint.route("/<no>/rate", methods=["POST"])
@blueprint.doc(parameters=access.TRACKED)
@problems(*_PROBLEMS)
@auth.recognises
@budgets.bounded(budgets.FILING)
@blueprint.arguments(schemas.RateSchema)
@blueprint.idempotent
@blueprint.response(200, StandingSchema)
def rate(data: dict[str, Any], no: str, *, session: ServiceSession) -> Complaint:
    """Rate the answer from 1 to 5 (F8)"""
    complaint = access.find_own(session, no)
    complaint.rate(data["rating"], data["comment"])
    return complaint
