"""`/complaints`: file a complaint, follow a complaint (F1, F8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.chassis.database import ServiceSession
from services.chassis.recovery.counters import note_lease
from services.chassis.resources import Resources
from services.chassis.seal import Sealer
from services.chassis.serials import Serials
from services.chassis.web import auth, budgets, looks
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.numbered import Number, numbered
from services.chassis.web.problem import Problem
from services.feedback.complaints import access, citizen_api, filing, limits, monitoring_api, office_api, views
from services.feedback.complaints.numbers import FORM, counters
from services.feedback.complaints.responses import ComplaintShownSchema, CreatedSchema
from services.feedback.complaints.schemas import ComplaintSchema
from services.feedback.directory.actors import CITIZEN, OFFICE_ROLES, WORKING_ROLES, Actor
from services.feedback.directory.callers import calling_staff, wrong_role
from services.feedback.settings import Settings

#: the roles that record complaints received by phone or e-mail, and at a counter
_RECORDED_BY = {"hotline": (*OFFICE_ROLES, "support"), "email": (*OFFICE_ROLES, "support"), "counter": OFFICE_ROLES}


def blueprints(resources: Resources[Settings]) -> Sequence[Blueprint]:
    """Return the blueprints of `/complaints`."""
    return (_blueprint(resources), citizen_api.blueprint, office_api.blueprint, monitoring_api.blueprint)


def _blueprint(resources: Resources[Settings]) -> Blueprint:
    settings = resources.settings
    numbers = Serials(resources.db, FORM, counters, block=settings.number_block, on_lease=note_lease)
    sealer = Sealer(settings.seal_public_key) if settings.seal_public_key else None
    complaints = Blueprint(
        "complaints", __name__, url_prefix="/complaints", description="Complaints, from receipt to rating"
    )

    @complaints.route("", methods=["POST"])
    @problems(400, 401, 403, 413, 415, 422, 503)
    @auth.recognises
    @budgets.bounded(budgets.FILING)
    @complaints.arguments(ComplaintSchema())  # an instance: a class would be instantiated for every request
    @numbered(numbers)
    @complaints.idempotent
    @complaints.response(201, CreatedSchema)
    def file(data: dict[str, Any], *, number: Number, session: ServiceSession) -> dict[str, Any]:
        """File a complaint or suggestion (F1)

        Channels `web` and `app`: anybody, signed in or not, with a name or without. `hotline` and `email`: staff, for the person
        who calls or writes. `counter`: an office's staff, for their own province.
        """
        by, account_id = _who_files(data["channel"])
        no, code = number.use(), filing.new_code()
        box = sealer.seal({"tracking_code": code}, context=f"tracking:{no}") if sealer else None
        complaint = filing.file(
            session, data, no=no, code=code, by=by, account_id=account_id, settings=settings, sealed_tracking=box
        )
        access.must_be_of_own_province(complaint, by)
        session.flush()
        limits.complaints(settings, complaint.contact).count(session)  # last: its rows stay locked until the commit
        return {
            "complaint_no": no,
            "tracking_code": code,
            "status": complaint.status,
            "answer_due": complaint.answer_due,
            "accountable": views.accountable(complaint)["title"],
        }

    @complaints.route("/<no>")
    @complaints.doc(parameters=access.TRACKED)
    @problems(400, 401, 403, 404, 503)
    @auth.recognises
    @budgets.bounded(budgets.TRACKING)
    @complaints.recorded
    @complaints.response(200, ComplaintShownSchema)
    def show(no: str) -> dict[str, Any]:
        """Show how far a complaint has come: steps, dates and who is accountable, to the holder of its tracking code and to staff (F8)

        `content` is for the citizen (tracking code or account), the accountable province, provinces it asks for help, the board
        and the IT centre; `work` only for the staff among them, whose look is recorded (V16).
        """
        with resources.db.write() if looks.by_staff() else resources.db.read() as session:
            complaint = access.find_for_citizen_or_staff(session, no)
            shown = views.public(session, complaint)
            who = auth.caller()
            staff = calling_staff() if who is not None and who.role in WORKING_ROLES else None
            if staff is not None and access.may_see(session, complaint, staff):
                shown["work"] = views.work(session, complaint, staff)
            if shown["work"] is not None or access.is_citizens_own(complaint):
                shown["content"] = views.content(session, complaint)
                access.look_at(session, complaint)
            else:
                looks.nothing_shown()
            return shown

    return complaints


def _who_files(channel: str) -> tuple[Actor, str | None]:
    """Return the actor who files by this channel, and the account that the complaint belongs to."""
    who, roles = auth.caller(), _RECORDED_BY.get(channel)
    if roles is None:
        return CITIZEN, who.id if who is not None and who.role == "citizen" else None
    if who is None:
        raise Problem(401, headers={"WWW-Authenticate": "Bearer"})
    if who.role not in roles:
        raise wrong_role(roles)
    return calling_staff(), None
