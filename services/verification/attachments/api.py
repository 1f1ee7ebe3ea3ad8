"""Show the documents of a dossier, and add missing ones (V4, V5)."""

from typing import Any

from flask import Response

from services.chassis.documents import DocumentNotFound
from services.chassis.uploads import DOCUMENTS, PICTURES
from services.chassis.web import auth
from services.chassis.web.attachments import FILE, UPLOAD, received, sent, takes_file
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.problem import Problem, ProblemSchema
from services.chassis.web.resources import resources
from services.verification.attachments import schemas
from services.verification.attachments.completeness import KINDS
from services.verification.attachments.requests import request_pictures
from services.verification.attachments.rules import attachments_of
from services.verification.cases.access import case_of, locked_case
from services.verification.cases.responses import standing
from services.verification.cases.schemas import NOT_NOW, Standing
from services.verification.officers.access import calling_officer
from services.verification.officers.purposes import look_at_case
from services.verification.officers.rules import RECEIVERS

api = Blueprint("attachments", url_prefix="/cases", description="Thành phần hồ sơ")


@api.route("/<no>/attachments/<kind>")
@auth.requires(*RECEIVERS)
@api.recorded
@api.doc(responses={"200": {"description": "The document", "content": FILE}})
@api.alt_response(404, schema=ProblemSchema)
def show_attachment(no: str, kind: str) -> Response:
    """Download a document; the view is recorded in the history"""
    who = calling_officer()
    with resources.db.write() as session:
        case = case_of(session, no)
        attachment = attachments_of(session, no).get(kind)
        if attachment is None:
            raise _no_such_document()
        look_at_case(session, case, who, kind="document", document=kind, sha256=attachment.sha256)
        names = ("document_id", "sha256", "content_type")
        document = {name: getattr(attachment, name) for name in names}
    try:
        return sent(document, shown="attachment", name=f"{no}-{kind}")
    except DocumentNotFound:
        raise _no_such_document() from None


@api.route("/<no>/attachments/<kind>", methods=["PUT"])
@auth.requires(*RECEIVERS)
@api.doc(requestBody={"required": True, "content": UPLOAD})
@api.response(200, schemas.Supplemented)
@api.alt_response(404, schema=ProblemSchema)
@api.alt_response(
    409, schema=ProblemSchema, description="Another officer is working on it, or its status does not allow this"
)
@api.alt_response(413, schema=ProblemSchema)
@api.alt_response(415, schema=ProblemSchema, description="JPEG, PNG, WebP or HEIC; the signed form may be a PDF")
@api.alt_response(422, schema=ProblemSchema, description="The file is empty, damaged or too complex")
@takes_file
def supplement(no: str, kind: str) -> Any:
    """Add a picture or a scan of the signed form (V4, V5); it replaces an earlier document of its kind"""
    who = calling_officer()
    with resources.db.read() as session:
        case = case_of(session, no)
        if kind not in KINDS:
            raise _no_such_document()
        case.must_be_open_to(who)  # before the upload is decoded, which is expensive
    with received(DOCUMENTS if kind == "signed_form" else PICTURES) as document, locked_case(no) as case:
        case.supplement(who, kind, document, lease_seconds=resources.settings.claim_lease_seconds)
        return standing(case) | {
            "kind": kind,
            "sha256": document.sha256,
            "size": document.size,
            "content_type": document.content_type,
        }


@api.route("/<no>/pictures/request", methods=["POST"])
@auth.requires(*RECEIVERS)
@api.response(202, Standing)
@api.alt_response(404, schema=ProblemSchema)
@api.alt_response(409, schema=ProblemSchema, description=NOT_NOW)
def request(no: str) -> Any:
    """Ask a guardian by SMS for the pictures that are missing (702 app. 1 step 8)

    Unanswered for ten working days the declaration expires; the guardian is told the last day. Any office may take the pictures.
    """
    who = calling_officer()
    with locked_case(no) as case:
        request_pictures(case, who, lease_seconds=resources.settings.claim_lease_seconds)
        return standing(case)


blueprints = (api,)


def _no_such_document() -> Problem:
    return Problem(404, "no-such-document", vi="Hồ sơ không có thành phần này.", en="This dossier has no such document.")
