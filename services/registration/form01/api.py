"""Form 01 as PDF, which the person can open again (I5): `/declarations/{no}/form.pdf`, or `/forms/{token}` from a message.

The empty form is there for anybody (I14).
"""

from __future__ import annotations

from flask import Response
from sqlalchemy import select

from services.chassis import clock
from services.chassis.documents import DocumentNotFound
from services.chassis.uploads import PDF
from services.chassis.web import auth, budgets
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.budgets import WrongCode
from services.chassis.web.documented import problems
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources
from services.registration.declarations import access
from services.registration.declarations.rules import FORM_PDF, Declaration
from services.registration.form01.links import opened_by
from services.registration.form01.rendering import blank_pdf, pdf_of

blank = Blueprint("blank_form01", __name__, url_prefix="/form01", description="The empty Form 01")
form01 = Blueprint("form01", __name__, url_prefix="/declarations", description="Form 01 as PDF")
links = Blueprint("form-links", __name__, url_prefix="/forms", description="Form 01 by a link from a message")
blueprints = (form01, links, blank)


@form01.route("/<no>/form.pdf")
@form01.doc(parameters=access.PARAMETERS)
@problems(400, 401, 403, 404, 503)
@auth.recognises
@budgets.bounded(budgets.TRACKING)
@form01.recorded
@form01.response(200, {"type": "string", "format": "binary"}, content_type=PDF)
def show(no: str) -> Response:
    """Download Form 01 as PDF

    The PDF made at submission; for a draft, or while that PDF is not ready, one drawn afresh.
    """
    with access.opened() as session:
        declaration = access.find(session, no)
        if declaration.erased:
            raise Problem(
                404,
                "form-deleted",
                vi="Hồ sơ đã kết thúc, dữ liệu của tờ khai đã được xoá.",
                en="The declaration has ended and its data have been deleted.",
            )
        access.look_at_form(session, declaration)
    return _pdf(declaration)


@links.route("/<token>")
@problems(404, 503)
@budgets.bounded(budgets.TRACKING)
@links.response(200, {"type": "string", "format": "binary"}, content_type=PDF)
def open_link(token: str) -> Response:
    """Open Form 01 by the link in a message

    In any browser, without a code or a sign-in (child step 6). The link opens this one form for ten days, and nothing else.
    """
    with resources.db.read() as session:
        no = opened_by(session, token, clock.now())
        declaration = session.scalar(select(Declaration).where(Declaration.dossier_no == no)) if no else None
    if declaration is None or declaration.erased:
        raise WrongCode(
            token,
            "no-such-link",
            vi="Liên kết này không đúng hoặc đã hết hạn (10 ngày). Hãy gọi tổng đài 1900 9068 hoặc đến cơ quan BHXH bất kỳ.",
            en="This link is wrong or has expired (10 days). Call 1900 9068, or come to any office.",
        )
    response = _pdf(declaration)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _pdf(declaration: Declaration) -> Response:
    response = Response(_kept(declaration) or pdf_of(declaration, resources.documents), content_type=PDF)
    response.headers["Content-Disposition"] = f'inline; filename="to-khai-{declaration.dossier_no}.pdf"'
    return response


@blank.route("/blank.pdf")
@problems(503)
@budgets.bounded(budgets.LOOKUPS)
@blank.response(200, {"type": "string", "format": "binary"}, content_type=PDF)
def show_blank() -> Response:
    """Download the empty Form 01, to be filled in by hand (I14; 2659)

    For anybody, without signing in.
    """
    response = Response(blank_pdf(), content_type=PDF)
    response.headers["Content-Disposition"] = 'inline; filename="mau-so-01.pdf"'
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _kept(declaration: Declaration) -> bytes | None:
    stored = declaration.attachments.get(FORM_PDF)
    if stored is None:
        return None
    try:
        return resources.documents.get(stored["document_id"], sha256=stored["sha256"])
    except DocumentNotFound:
        return None
