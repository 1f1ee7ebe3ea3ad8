"""`/declarations/{no}/form.pdf`: Form 01, which the person can open again (I5)."""

from __future__ import annotations

from flask import Response

from services.chassis.documents import DocumentNotFound
from services.chassis.web import auth
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources
from services.registration import form
from services.registration.api import access
from services.registration.jobs import PDF
from services.registration.model import FORM_PDF, Declaration


def add_to(declarations: Blueprint) -> None:
    """Add the view."""

    @declarations.route("/<no>/form.pdf")
    @declarations.doc(parameters=access.PARAMETERS)
    @problems(400, 401, 403, 404, 503)
    @auth.recognises
    @declarations.response(200, {"type": "string", "format": "binary"}, content_type=PDF)
    def show(no: str) -> Response:
        """Form 01 as PDF

        The one that was made when the declaration was submitted; of a draft, or where that one is not there yet, a fresh one.
        """
        with resources.db.read() as session:
            declaration = access.find(session, no)
        if declaration.erased:
            raise Problem(
                404,
                "form-deleted",
                vi="Hồ sơ đã kết thúc, dữ liệu của tờ khai đã được xoá.",
                en="The declaration has ended and its data are deleted.",
            )
        response = Response(_kept(declaration) or form.pdf(declaration, resources.documents), content_type=PDF)
        response.headers["Content-Disposition"] = f'inline; filename="to-khai-{no}.pdf"'
        return response


def _kept(declaration: Declaration) -> bytes | None:
    stored = declaration.attachments.get(FORM_PDF)
    if stored is None:
        return None
    try:
        return resources.documents.get(stored["document_id"], sha256=stored["sha256"])
    except DocumentNotFound:
        return None
