"""`/declarations/{no}/attachments/{kind}`: pictures and the signed form, by claim check."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import request

from services.chassis import clock
from services.chassis.bus.threads import run_in_thread
from services.chassis.documents import Document
from services.chassis.errors import Transient
from services.chassis.uploads import DOCUMENTS, PICTURES, Upload, UploadRefused, accept
from services.chassis.web import auth
from services.chassis.web.blueprint import Blueprint, accepts_up_to
from services.chassis.web.documented import problems
from services.chassis.web.problem import Problem, field_error
from services.chassis.web.resources import resources
from services.registration import jobs
from services.registration.api import access
from services.registration.api.answers import AttachmentSchema
from services.registration.model import UPLOADS, NotNow, tell
from services.registration.settings import Settings

SIGNED_FORM = "signed_form"
#: how long a replaced document stays: whoever was told of it may be reading it
_REPLACED_STAYS = timedelta(hours=1)

_BODY = {"type": "string", "format": "binary"}
_DOC: dict[str, Any] = {
    "parameters": [
        *access.PARAMETERS,
        {"in": "path", "name": "kind", "required": True, "schema": {"type": "string", "enum": list(UPLOADS)}},
    ],
    "requestBody": {
        "required": True,
        "description": "the file itself; application/pdf only for signed_form",
        "content": {media_type: {"schema": _BODY} for media_type in DOCUMENTS},
    },
}


def add_to(declarations: Blueprint, settings: Settings) -> None:
    """Add the view."""

    @declarations.route("/<no>/attachments/<kind>", methods=["PUT"])
    @declarations.doc(**_DOC)
    @problems(400, 401, 403, 404, 408, 409, 413, 415, 422, 503)
    @auth.recognises
    @declarations.response(200, AttachmentSchema)
    @accepts_up_to(settings.attachment_max_bytes)
    def put(no: str, kind: str) -> dict[str, Any]:
        """Send a picture or the signed form, in place of one sent before

        Until an officer has received the person. Pictures are decoded and written anew: what a camera notes beside the pixels
        (place, time, device) is not kept.
        """
        allowed = _allowed(kind)
        with resources.db.read() as session:  # before the body is read: a stranger's is not even looked at
            access.find(session, no, to_change=True)
        upload = _checked(allowed, settings)
        document = resources.documents.put(upload.content, upload.content_type)
        try:
            return _keep(no, kind, document)
        except Problem:
            # surely not kept. After any other error it may be: a picture that nobody refers to harms less than one that is gone
            with suppress(Transient):
                resources.documents.delete(document.document_id)
            raise


def _allowed(kind: str) -> tuple[str, ...]:
    """The media types of a kind."""
    if kind not in UPLOADS:
        wrong = field_error("kind", place="path", vi="Không có loại tài liệu này.", en="There is no such kind of document.")
        raise Problem(404, errors=[wrong])
    allowed = DOCUMENTS if kind == SIGNED_FORM else PICTURES
    if request.mimetype not in allowed:
        raise Problem(415)
    return allowed


def _checked(allowed: tuple[str, ...], settings: Settings) -> Upload:
    try:
        return run_in_thread(
            accept,
            request.get_data(cache=False),
            allowed=allowed,
            max_bytes=settings.attachment_max_bytes,
            max_pixels=settings.attachment_max_pixels,
        )
    except UploadRefused as error:
        raise Problem(422, error.code, vi=error.vi, en=error.en) from None


def _keep(no: str, kind: str, document: Document) -> dict[str, Any]:
    with resources.db.write() as session:
        declaration = access.find(session, no, to_change=True)
        replaced = declaration.attachments.get(kind)
        kept = jobs.claim_check(kind, document)
        now = clock.now()
        try:
            fact = declaration.attach(kept, now)
        except NotNow as error:
            raise access.refused(error) from None
        tell(session, declaration, fact)
        if replaced:
            stays = _REPLACED_STAYS if fact is not None else timedelta(0)
            jobs.delete_documents(session, no, [replaced["document_id"]], not_before=now + stays)
    return kept
