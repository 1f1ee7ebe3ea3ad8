"""`/complaints`: file one, follow one."""

from __future__ import annotations

from typing import Any

from services.chassis.database import ServiceSession
from services.chassis.seal import Sealer
from services.chassis.serials import Serials
from services.chassis.web import auth
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.numbered import numbered
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources
from services.feedback import intake, tracking
from services.feedback.actors import CITIZEN, OFFICE_ROLES, Actor
from services.feedback.api import access, views
from services.feedback.api.answers import CreatedSchema
from services.feedback.api.answers_shown import ComplaintShownSchema
from services.feedback.api.schemas import ComplaintSchema
from services.feedback.settings import Settings

#: who writes down what comes by phone and by e-mail, and at a counter
_BY_STAFF = {"hotline": (*OFFICE_ROLES, "support"), "email": (*OFFICE_ROLES, "support"), "counter": OFFICE_ROLES}


def add_to(complaints: Blueprint, settings: Settings, numbers: Serials) -> None:
    """Add the views."""
    sealer = Sealer(settings.seal_public_key) if settings.seal_public_key else None

    @complaints.route("", methods=["POST"])
    @problems(400, 401, 403, 413, 415, 422, 503)
    @auth.recognises
    @complaints.arguments(ComplaintSchema())  # an instance: of a class one would be made for each request
    @numbered(numbers)
    @complaints.idempotent
    @complaints.response(201, CreatedSchema)
    def file(data: dict[str, Any], *, no: str, session: ServiceSession) -> dict[str, Any]:
        """File a complaint or suggestion (F1)

        By `web` and `app` anybody, signed in or not, with a name or without. By `hotline` and `email` staff for whoever calls or
        writes, at a `counter` an office's staff for their own province.
        """
        by, account_id = _who_files(data)
        code = tracking.new()
        box = sealer.seal({"tracking_code": code}, context=f"tracking:{no}") if sealer else None
        complaint = intake.new(
            session, data, no=no, code=code, by=by, account_id=account_id, settings=settings, sealed_tracking=box
        )
        if by.role in OFFICE_ROLES and by.province_code != complaint.province_code:
            raise Problem(
                403,
                "not-your-province",
                vi="Cơ quan chỉ tiếp nhận phản ánh cho tỉnh mình; hãy ghi nhận tại chính cơ quan này.",
                en="An office takes complaints in for its own province; receive it here.",
            )
        return {
            "complaint_no": no,
            "tracking_code": code,
            "status": complaint.status,
            "answer_due": complaint.answer_due,
            "accountable": views.accountable(session, complaint)["title"],
        }

    @complaints.route("/<no>")
    @complaints.doc(parameters=access.TRACKED)
    @problems(400, 401, 403, 404, 503)
    @auth.recognises
    @complaints.response(200, ComplaintShownSchema)
    def show(no: str) -> dict[str, Any]:
        """How far a complaint has come: its steps, dates and who accounts for it, for anybody who knows its number (F8)

        `content` is for the citizen (tracking code or account), the accountable province, whom it asks for help, its board and
        the IT centre; `work` for the staff among them.
        """
        with resources.db.read() as session:
            complaint = access.find(session, no)
            shown = views.public(session, complaint)
            who = auth.caller()
            staff = access.actor() if who is not None and who.role in access.WORKING else None
            if staff is not None and access.sees(session, complaint, staff):
                shown["work"] = views.work(session, complaint, staff)
            if shown["work"] is not None or access.holds(complaint):
                shown["content"] = views.content(session, complaint)
            return shown


def _who_files(data: dict[str, Any]) -> tuple[Actor, str | None]:
    """Who files by this channel, and the account that it belongs to."""
    who, roles = auth.caller(), _BY_STAFF.get(data["channel"])
    if roles is None:
        return CITIZEN, who.id if who is not None and who.role == "citizen" else None
    if who is None:
        raise Problem(401, headers={"WWW-Authenticate": "Bearer"})
    if who.role not in roles:
        raise access.wrong_role(roles)
    return access.actor(), None
