"""`/complaints/{no}/letter`: the letter with the answer, for the citizen and the accountable province; or the scan of a signed one."""

from __future__ import annotations

from flask import Response

from services.chassis.uploads import PDF
from services.chassis.web import auth, budgets, looks
from services.chassis.web.attachments import UPLOAD, received, sent, takes_file
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources
from services.feedback.answers import rules as answers
from services.feedback.complaints import access
from services.feedback.directory.actors import WORKING_ROLES
from services.feedback.directory.callers import calling_staff, staff_only
from services.feedback.letters import rules
from services.feedback.letters.rules import Letter
from services.feedback.letters.schemas import LetterSchema

letters = Blueprint("letters", __name__, url_prefix="/complaints", description="The letter with an answer")
blueprints = (letters,)


@letters.route("/<no>/letter")
@letters.doc(parameters=access.TRACKED)
@problems(400, 401, 403, 404, 503)
@auth.recognises
@budgets.bounded(budgets.TRACKING)
@letters.recorded
@letters.response(200, {"type": "string", "format": "binary"}, content_type=PDF)
def show(no: str) -> Response:
    """Download the letter with the newest answer (PDF): for the citizen, and for whoever is accountable"""
    with resources.db.write() if looks.by_staff() else resources.db.read() as session:
        complaint = access.find_for_citizen_or_staff(session, no)
        if not access.is_citizens_own(complaint):
            access.must_be_accountable(complaint, access.working_staff())
        letter = rules.sent_letter(session, no)
        if letter is None:
            raise Problem(
                404, "no-letter", vi="Phản ánh này chưa có văn bản trả lời.", en="There is no letter for this complaint yet."
            )
        if letter.document is None:
            raise Problem(
                404,
                "letter-not-ready",
                vi="Văn bản trả lời đang được lập, có sau ít giây. Nội dung trả lời đã xem được.",
                en="The letter is being drawn and is ready in a few seconds. The words of the answer can be read already.",
            )
        document = letter.document
        access.look_at(session, complaint, "document", document="letter", sha256=document["sha256"])
    return sent(document, shown="attachment", name=f"tra-loi-{no}.pdf")


@letters.route("/<no>/letter", methods=["PUT"])
@letters.doc(requestBody={"required": True, "content": {PDF: UPLOAD[PDF]}})
@problems(400, 401, 403, 404, 408, 409, 413, 415, 422, 503)
@staff_only(*WORKING_ROLES)
@letters.response(200, LetterSchema)
@takes_file
def put(no: str) -> Letter:
    """Attach the scan of the signed letter (PDF) to the waiting draft, or in place of the letter that was drawn

    With a draft it is sent when that draft is approved; a newer draft needs its own. What is kept is drawn anew.
    """
    with resources.db.read() as session:  # before the body is read
        access.must_be_accountable(access.find(session, no), calling_staff())
    with received([PDF]) as document, resources.db.write() as session:
        complaint, who = access.find_accountable(session, no)
        return rules.attach_scan(complaint, who, answers.latest(session, no), document)
