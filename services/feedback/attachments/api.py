"""`/complaints/{no}/attachments/{slot}`: receive and show up to five pictures or PDFs of a complaint."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response

from services.chassis import jobs
from services.chassis.database import ServiceSession
from services.chassis.documents import Document
from services.chassis.uploads import DOCUMENTS
from services.chassis.web import auth, budgets, looks
from services.chassis.web.attachments import FILE, UPLOAD, received, sent, takes_file
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources
from services.feedback.attachments.jobs import DELETE_DOCUMENT
from services.feedback.attachments.schemas import AttachmentSchema
from services.feedback.complaints import access
from services.feedback.complaints.rules import Complaint
from services.feedback.directory.actors import CITIZEN, Actor

#: how many documents a complaint may have
SLOTS = 5

_DOC: dict[str, Any] = {"parameters": access.TRACKED, "requestBody": {"required": True, "content": UPLOAD}}


attachments = Blueprint("attachments", __name__, url_prefix="/complaints", description="Pictures and PDFs of a complaint")
blueprints = (attachments,)


@attachments.route("/<no>/attachments/<int:slot>", methods=["PUT"])
@attachments.doc(**_DOC)
@problems(400, 401, 403, 404, 408, 409, 413, 415, 422, 503)
@auth.recognises
@budgets.bounded(budgets.UPLOADS)
@attachments.response(200, AttachmentSchema)
@takes_file
def put(no: str, slot: int) -> dict[str, Any]:
    """Upload a picture or PDF, in place of an earlier one, until the complaint is answered

    For the citizen and staff of the accountable province. What is kept is drawn anew: a picture without the camera's metadata
    (place, time, device), HEIC as JPEG, and of a PDF a new one of pictures of its pages.
    """
    _check_slot(slot)
    with resources.db.read() as session:  # before the body is read: a stranger's upload is never even received
        _sender(access.find_for_citizen_or_staff(session, no))
    with received(DOCUMENTS) as document, resources.db.write() as session:
        return _keep(session, no, slot, document)


@attachments.route("/<no>/attachments/<int:slot>")
@attachments.doc(parameters=access.TRACKED)
@problems(400, 401, 403, 404, 503)
@auth.recognises
@budgets.bounded(budgets.TRACKING)
@attachments.recorded
@attachments.doc(responses={"200": {"description": "The document", "content": FILE}})
def show(no: str, slot: int) -> Response:
    """Download a document of a complaint: for the citizen, the accountable province, and provinces it asks for help"""
    with resources.db.write() if looks.by_staff() else resources.db.read() as session:
        complaint = access.find_for_citizen_or_staff(session, no)
        _must_be_reader(session, complaint)
        document = next((each for each in complaint.attachments if each["slot"] == slot), None)
        if document is None:
            raise Problem(404)
        access.look_at(session, complaint, "document", document=str(slot), sha256=document["sha256"])
    return sent(document, shown="attachment", name=f"{no}-{slot}")


def _check_slot(slot: int) -> None:
    if not 1 <= slot <= SLOTS:
        raise Problem(
            404, "no-such-slot", vi=f"Chỉ có tài liệu từ 1 đến {SLOTS}.", en=f"Document slots are numbered 1 to {SLOTS}."
        )


def _keep(session: ServiceSession, no: str, slot: int, document: Document) -> dict[str, Any]:
    complaint = access.find_for_citizen_or_staff(session, no, to_change=True)
    claim_check = {"slot": slot, **asdict(document)}
    replaced = complaint.attach(claim_check, _sender(complaint))
    if replaced is not None:
        jobs.add(session, DELETE_DOCUMENT, {"document_id": replaced}, correlation_id=no)
    return claim_check


def _sender(complaint: Complaint) -> Actor:
    """Return the uploader: the citizen, or a member of the accountable province's staff.

    :raises Problem: 401 or 403 for anybody else, before the body is read.
    """
    if access.is_citizens_own(complaint):
        return CITIZEN
    who = access.working_staff()
    access.must_be_accountable(complaint, who)
    return who


def _must_be_reader(session: ServiceSession, complaint: Complaint) -> None:
    if access.is_citizens_own(complaint):
        return
    who = access.working_staff()
    if not who.is_office or not access.may_see(session, complaint, who):
        access.must_be_accountable(complaint, who)
