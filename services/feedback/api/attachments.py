"""`/complaints/{no}/attachments/{slot}`: up to five pictures or PDFs, by claim check."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Response, request

from services.chassis.bus.threads import run_in_thread
from services.chassis.database import ServiceSession
from services.chassis.documents import Document
from services.chassis.errors import Transient
from services.chassis.uploads import DOCUMENTS, Upload, UploadRefused, accept
from services.chassis.web import auth
from services.chassis.web.blueprint import Blueprint, accepts_up_to
from services.chassis.web.documented import problems
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources
from services.feedback import coordination, jobs
from services.feedback.actors import CITIZEN, OFFICE_ROLES, Actor
from services.feedback.api import access
from services.feedback.api.answers_shown import AttachmentSchema
from services.feedback.model import Complaint
from services.feedback.refusals import Refused
from services.feedback.settings import Settings

#: how many documents a complaint may have
SLOTS = 5

_BODY = {"type": "string", "format": "binary"}
_DOC: dict[str, Any] = {
    "parameters": access.TRACKED,
    "requestBody": {"required": True, "content": {media_type: {"schema": _BODY} for media_type in DOCUMENTS}},
}


def add_to(complaints: Blueprint, settings: Settings) -> None:
    """Add the views."""

    @complaints.route("/<no>/attachments/<int:slot>", methods=["PUT"])
    @complaints.doc(**_DOC)
    @problems(400, 401, 403, 404, 408, 409, 413, 415, 422, 503)
    @auth.recognises
    @complaints.response(200, AttachmentSchema)
    @accepts_up_to(settings.attachment_max_bytes)
    def put(no: str, slot: int) -> dict[str, Any]:
        """Send a picture or PDF, in place of one sent before; until it is answered

        By the citizen, or by staff of the accountable province. Pictures are decoded and written anew: what a camera notes
        beside the pixels (place, time, device) is not kept.
        """
        _checked_slot(slot)
        with resources.db.read() as session:  # before the body is read: a stranger's is not even looked at
            _may_send(access.find(session, no))
        upload = _checked(settings)
        document = resources.documents.put(upload.content, upload.content_type)
        try:
            with resources.db.write() as session:
                return _keep(session, no, slot, document)
        except (Problem, Refused):
            # surely not kept. After any other error it may be: one that nobody refers to harms less than one that is gone
            with suppress(Transient):
                resources.documents.delete(document.document_id)
            raise

    @complaints.route("/<no>/attachments/<int:slot>")
    @complaints.doc(parameters=access.TRACKED)
    @problems(400, 401, 403, 404, 503)
    @auth.recognises
    @complaints.doc(
        responses={"200": {"description": "The document", "content": {key: {"schema": _BODY} for key in DOCUMENTS}}}
    )
    def show(no: str, slot: int) -> Response:
        """A document of a complaint: for the citizen, the accountable province, and whoever it asks for help"""
        with resources.db.read() as session:
            complaint = access.find(session, no)
            _may_look(session, complaint)
        kept = next((each for each in complaint.attachments if each["slot"] == slot), None)
        if kept is None:
            raise Problem(404)
        content = resources.documents.get(kept["document_id"], sha256=kept["sha256"])
        response = Response(content, content_type=kept["content_type"])
        # never drawn as a page of ours, whatever is in it
        response.headers["Content-Disposition"] = f'attachment; filename="{no}-{slot}"'
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def _checked_slot(slot: int) -> None:
    if not 1 <= slot <= SLOTS:
        raise Problem(404, "no-such-slot", vi=f"Chỉ có tài liệu từ 1 đến {SLOTS}.", en=f"Documents are 1 to {SLOTS}.")
    if request.mimetype not in DOCUMENTS:
        raise Problem(415)


def _checked(settings: Settings) -> Upload:
    try:
        return run_in_thread(
            accept,
            request.get_data(cache=False),
            allowed=DOCUMENTS,
            max_bytes=settings.attachment_max_bytes,
            max_pixels=settings.attachment_max_pixels,
        )
    except UploadRefused as error:
        raise Problem(422, error.code, vi=error.vi, en=error.en) from None


def _keep(session: ServiceSession, no: str, slot: int, document: Document) -> dict[str, Any]:
    complaint = access.find(session, no, to_change=True)
    by = _may_send(complaint)
    replaced = complaint.attach(jobs.claim_check(slot, document), by)
    if replaced is not None:
        jobs.delete_document(session, no, replaced)
    return jobs.claim_check(slot, document)


def _may_send(complaint: Complaint) -> Actor:
    """Who sends it. A stranger is told 403 or 401, before anything of the body is read."""
    if access.holds(complaint):
        return CITIZEN
    who = _staff()
    access.accountable(complaint, who)
    return who


def _may_look(session: ServiceSession, complaint: Complaint) -> None:
    if access.holds(complaint):
        return
    who = _staff()
    if not coordination.is_asked(session, complaint.complaint_no, who.province_code):
        access.accountable(complaint, who)


def _staff() -> Actor:
    who = auth.caller()
    if who is None or who.role == "citizen":
        raise access.stranger()
    if who.role not in OFFICE_ROLES:
        raise access.wrong_role(OFFICE_ROLES)
    return access.actor()
