"""List complaints, late ones first (boards: their categories nation-wide; offices: their province); send reminders (F3, F5)."""

from __future__ import annotations

from typing import Any

from services.chassis.database import ServiceSession
from services.chassis.web import looks, paging
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.resources import resources
from services.feedback.categories.boards import BOARDS
from services.feedback.complaints import access, schemas
from services.feedback.complaints.handling import in_list_of
from services.feedback.complaints.lists import ListQuery, matching
from services.feedback.complaints.responses import ListedSchema, StandingSchema
from services.feedback.complaints.rules import Complaint
from services.feedback.directory.actors import WORKING_ROLES
from services.feedback.directory.callers import calling_staff, staff_only

blueprint = Blueprint("monitoring", __name__, url_prefix="/complaints", description="Lists of complaints, and reminders")


@blueprint.route("")
@problems(400, 401, 403, 422, 503)
@staff_only(*WORKING_ROLES)
@blueprint.recorded
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, paging.page_of(ListedSchema))
def search(query: dict[str, Any]) -> dict[str, Any]:
    """List complaints, urgent ones first, then late ones: an office its province's; a board its categories' nation-wide; the IT centre all"""
    settled = query["state"] == "settled"
    by = (Complaint.received_at,) if settled else (Complaint.place, Complaint.due_at)
    statement = matching(query).where(in_list_of(Complaint, calling_staff()))
    with resources.db.write() as session:
        page = paging.fetch(session, statement, by=(*by, Complaint.complaint_no), query=query, descending=settled)
        because = "work_list" if calling_staff().is_office else "monitoring"
        looks.look_at_list(session, "complaints", [each.complaint_no for each in page["items"]], because=because)
        return page


@blueprint.route("/<no>/remind", methods=["POST"])
@problems(400, 401, 403, 404, 409, 415, 422, 503)
@staff_only("board")
@blueprint.arguments(schemas.RemindSchema)
@blueprint.idempotent
@blueprint.response(200, StandingSchema)
def remind(data: dict[str, Any], no: str, *, session: ServiceSession) -> Complaint:
    """Send the accountable province a reminder (đôn đốc, F5), which is counted"""
    complaint, who = access.find(session, no, to_change=True), calling_staff()
    access.must_be_watching(complaint, who)
    complaint.remind(who, board_name=BOARDS.get(who.board_code or "", ""), words=data["words"])
    return complaint
