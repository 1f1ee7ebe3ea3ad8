"""`/declarations/{no}/attachments/{kind}`: receive pictures and the signed form; rows and facts carry a claim check."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.chassis import clock
from services.chassis.documents import Document
from services.chassis.uploads import DOCUMENTS, PICTURES
from services.chassis.web import auth, budgets
from services.chassis.web.attachments import UPLOAD, received, takes_file
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.problem import Problem, field_error
from services.chassis.web.resources import resources
from services.registration.attachments.jobs import REPLACED_STAYS, delete_documents
from services.registration.attachments.schemas import AttachmentSchema
from services.registration.declarations import access
from services.registration.declarations.rules import UPLOADS
from services.registration.form01.jobs import PICTURE, make_form

SIGNED_FORM = "signed_form"

_DOC: dict[str, Any] = {
    "parameters": [
        *access.PARAMETERS,
        {"in": "path", "name": "kind", "required": True, "schema": {"type": "string", "enum": list(UPLOADS)}},
    ],
    "requestBody": {
        "required": True,
        "description": "the file itself, whose bytes decide the type: JPEG, PNG, WebP or HEIC; for signed_form also PDF",
        "content": UPLOAD,
    },
}


attachments = Blueprint(
    "attachments", __name__, url_prefix="/declarations", description="Pictures and the signed form of a declaration"
)
blueprints = (attachments,)


@attachments.route("/<no>/attachments/<kind>", methods=["PUT"])
@attachments.doc(**_DOC)
@problems(400, 401, 403, 404, 408, 409, 413, 415, 422, 503)
@auth.recognises
@budgets.bounded(budgets.UPLOADS)
@attachments.response(200, AttachmentSchema)
@takes_file
def put(no: str, kind: str) -> dict[str, Any]:
    """Upload a picture or the signed form; it replaces an earlier one

    Possible until an officer has received the person. What is kept is drawn anew: a picture without the camera's metadata
    (place, time, device), HEIC as JPEG, and of a PDF a new one of pictures of its pages.
    """
    allowed = _allowed(kind)
    with resources.db.read() as session:  # before the body is read: a stranger's upload is never even received
        access.find(session, no, to_change=True)
    with received(allowed) as document:
        return _keep(no, kind, document)


def _allowed(kind: str) -> tuple[str, ...]:
    """Return the media types allowed for a kind of document.

    :raises Problem: 404 for an unknown kind.
    """
    if kind not in UPLOADS:
        wrong = field_error("kind", place="path", vi="Không có loại tài liệu này.", en="Unknown kind of document.")
        raise Problem(404, errors=[wrong])
    return DOCUMENTS if kind == SIGNED_FORM else PICTURES


def _keep(no: str, kind: str, document: Document) -> dict[str, Any]:
    with resources.db.write() as session:
        declaration = access.find(session, no, to_change=True)
        replaced = declaration.attachments.get(kind)
        now = clock.now()
        claim_check = declaration.attach(kind, document, now)
        if replaced:
            stays = timedelta(0) if declaration.status == "draft" else REPLACED_STAYS
            delete_documents(session, declaration.dossier_no, [replaced["document_id"]], not_before=now + stays)
        if declaration.status != "draft" and kind != SIGNED_FORM:
            make_form(session, declaration.dossier_no, PICTURE)
    return claim_check
