"""The documents of a dossier: looking at them, and adding what is missing (V4, V5)."""

from typing import Any

from flask import Response, request

from services.chassis.bus.threads import run_in_thread
from services.chassis.documents import MAX_BYTES, DocumentNotFound
from services.chassis.uploads import DOCUMENTS, PICTURES, UploadRefused, accept
from services.chassis.web import auth
from services.chassis.web.blueprint import accepts_up_to
from services.chassis.web.problem import Problem, ProblemSchema
from services.chassis.web.resources import resources
from services.verification.api import schemas
from services.verification.api.common import blueprint, case_of, checked, officer, settings
from services.verification.completeness import KINDS
from services.verification.officers import RECEIVERS
from services.verification.records import attachments_of, log
from services.verification.refusals import Refused

api = blueprint("attachments", "Thành phần hồ sơ")

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_UPLOAD_STATUS = {"file-too-large": 413, "type-not-allowed": 415}


@api.route("/<no>/attachments/<kind>")
@auth.requires(*RECEIVERS)
@api.doc(responses={"200": {"description": "The document", "content": dict.fromkeys(DOCUMENTS, _BINARY)}})
@api.alt_response(404, schema=ProblemSchema)
def look_at(no: str, kind: str) -> Response:
    """The bytes of a document; goes into the history"""
    who = officer()
    checked(no)
    with resources.db.write() as session:
        case_of(session, no)
        attachment = attachments_of(session, no).get(kind)
        if attachment is None:
            raise _no_such_document()
        log(session, no, "viewed_attachment", who, kind=kind, sha256=attachment.sha256)
        document_id, sha256, content_type = attachment.document_id, attachment.sha256, attachment.content_type
    try:
        content = resources.documents.get(document_id, sha256=sha256)
    except DocumentNotFound:
        raise _no_such_document() from None
    return Response(content, mimetype=content_type)


@api.route("/<no>/attachments/<kind>", methods=["PUT"])
@auth.requires(*RECEIVERS)
@api.doc(requestBody={"required": True, "content": dict.fromkeys(DOCUMENTS, _BINARY)})
@api.response(200, schemas.Supplemented)
@api.alt_response(404, schema=ProblemSchema)
@api.alt_response(409, schema=ProblemSchema, description="Another officer works on it, or its status does not allow this")
@api.alt_response(413, schema=ProblemSchema)
@api.alt_response(415, schema=ProblemSchema, description="JPEG, PNG or WebP; the signed form may be a PDF")
@api.alt_response(422, schema=ProblemSchema, description="The file is empty or damaged")
@accepts_up_to(MAX_BYTES)
def supplement(no: str, kind: str) -> Any:
    """Add a picture or the signed form, scanned in (V4, V5); an earlier one of the kind is replaced"""
    who = officer()
    checked(no)
    if kind not in KINDS:
        raise _no_such_document()
    with resources.db.read() as session:
        case_of(session, no).may_be_supplemented(who)
    try:
        upload = run_in_thread(
            accept,
            request.get_data(),
            allowed=DOCUMENTS if kind == "signed_form" else PICTURES,
            max_bytes=settings().attachment_max_bytes,
            max_pixels=settings().attachment_max_pixels,
        )
    except UploadRefused as refused:
        raise Problem(_UPLOAD_STATUS.get(refused.code, 422), refused.code, vi=refused.vi, en=refused.en) from None
    document = resources.documents.put(upload.content, upload.content_type)
    try:
        with resources.db.write() as session:
            case = case_of(session, no, locked=True)
            case.supplement(who, kind, document, lease_seconds=settings().claim_lease_seconds)
            session.flush()
            return {
                "dossier_no": no,
                "status": case.status,
                "missing": case.missing,
                "kind": kind,
                "sha256": document.sha256,
                "size": document.size,
                "content_type": document.content_type,
            }
    except (Refused, Problem):
        # nobody will ever know of it. After any other failure the row may be there, so the document stays
        resources.documents.delete(document.document_id)
        raise


def _no_such_document() -> Problem:
    return Problem(404, "no-such-document", vi="Hồ sơ không có thành phần này.", en="The dossier has no such document.")
