"""`/mailbox`: a clerk decides what an e-mail is (F1): a complaint, part of one that there is, or none."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import Response
from sqlalchemy.orm import Session

from services.chassis.database import ServiceSession
from services.chassis.resources import Resources
from services.chassis.web import looks, paging
from services.chassis.web.attachments import FILE, sent
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.numbered import Number, numbered
from services.chassis.web.problem import Problem
from services.feedback.complaints import access
from services.feedback.complaints.filing_desk import FilingDesk
from services.feedback.directory.actors import OFFICE_ROLES, Actor
from services.feedback.directory.callers import calling_staff, staff_only
from services.feedback.mailbox import schemas
from services.feedback.mailbox.rules import IncomingEmail
from services.feedback.settings import Settings

#: who decides on e-mails: customer care, and the staff of the province whose mailbox it is
READERS = (*OFFICE_ROLES, "support")
_PROBLEMS = (400, 401, 403, 404, 409, 415, 422, 503)


def must_read(settings: Settings) -> Actor:
    """Return the calling member of staff, who may read the mailbox.

    :raises Problem: 403 for the staff of another province.
    """
    who = calling_staff()
    if who.is_office and who.province_code != settings.mailbox_province:
        raise Problem(
            403,
            "not-your-mailbox",
            vi="Hộp thư này do Trung tâm chăm sóc khách hàng hoặc BHXH tỉnh được giao xử lý.",
            en="This mailbox is worked on by customer care, or by the province that it belongs to.",
        )
    return who


def file_of(resources: Resources[Settings], email_id: uuid.UUID, number: int, *, shown: str) -> Response:
    """Return a file of an e-mail, the first one as 1, to a reader whose look is recorded; a browser runs nothing in it.

    :param shown: `attachment` or `inline`, the disposition.
    :raises Problem: 403 for who may not read the mailbox, 404 where there is no such file.
    """
    must_read(resources.settings)
    with resources.db.write() as session:
        email = found(session, email_id)
        if not 1 <= number <= len(email.files):
            raise Problem(404)
        document = email.files[number - 1]
        looks.look(session, "email", str(email.id), because="mailbox", document=str(number), sha256=document["sha256"])
    return sent(document, shown=shown, name=f"thu-{number}")


def blueprints(resources: Resources[Settings]) -> Sequence[Blueprint]:
    """Return the blueprint of `/mailbox`."""
    settings = resources.settings
    desk = FilingDesk(resources)
    mailbox = Blueprint("mailbox", __name__, url_prefix="/mailbox", description="E-mails that a clerk decides on (F1)")

    @mailbox.route("")
    @problems(400, 401, 403, 422, 503)
    @staff_only(*READERS)
    @mailbox.recorded
    @mailbox.arguments(schemas.EmailQuery, location="query")
    @mailbox.response(200, paging.page_of(schemas.ListedEmailSchema))
    def search(query: dict[str, Any]) -> dict[str, Any]:
        """List e-mails, those that wait for a decision by default; the oldest first"""
        must_read(settings)
        statement = sa.select(IncomingEmail).where(IncomingEmail.state == query["state"])
        with resources.db.write() as session:
            by = (IncomingEmail.taken_at, IncomingEmail.id)
            page = paging.fetch(session, statement, by=by, query=query, descending=False)
            looks.look_at_list(session, "emails", [str(each.id) for each in page["items"]], because="mailbox")
            return page

    @mailbox.route("/<uuid:email_id>")
    @problems(401, 403, 404, 503)
    @staff_only(*READERS)
    @mailbox.recorded
    @mailbox.response(200, schemas.EmailSchema)
    def show(email_id: uuid.UUID) -> IncomingEmail:
        """Show an e-mail with its words"""
        must_read(settings)
        with resources.db.write() as session:
            email = found(session, email_id)
            looks.look(session, "email", str(email.id), because="mailbox")
            return email

    @mailbox.route("/<uuid:email_id>/files/<int:number>")
    @problems(401, 403, 404, 503)
    @staff_only(*READERS)
    @mailbox.recorded
    @mailbox.doc(responses={"200": {"description": "The file", "content": FILE}})
    def show_file(email_id: uuid.UUID, number: int) -> Response:
        """Download a file of an e-mail, the first one as 1"""
        return file_of(resources, email_id, number, shown="attachment")

    @mailbox.route("/<uuid:email_id>/confirm", methods=["POST"])
    @problems(*_PROBLEMS)
    @staff_only(*READERS)
    @mailbox.arguments(schemas.ConfirmSchema)
    @numbered(desk.numbers)
    @mailbox.idempotent
    @mailbox.response(201, schemas.ConfirmedSchema)
    def confirm(data: dict[str, Any], email_id: uuid.UUID, *, number: Number, session: ServiceSession) -> dict[str, Any]:
        """File the e-mail as a complaint, with its files (F1); the citizen is told number and code"""
        must_read(settings)
        return confirm_email(desk, session, email_id, data, number)

    @mailbox.route("/<uuid:email_id>/attach", methods=["POST"])
    @problems(*_PROBLEMS)
    @staff_only(*READERS)
    @mailbox.arguments(schemas.AttachSchema)
    @mailbox.idempotent
    @mailbox.response(200, schemas.AttachedSchema)
    def attach(data: dict[str, Any], email_id: uuid.UUID, *, session: ServiceSession) -> dict[str, Any]:
        """Attach the e-mail to a complaint that there is; from the citizen's own address it is the reply to the office's question"""
        return attach_email(session, must_read(settings), email_id, data["complaint_no"])

    @mailbox.route("/<uuid:email_id>/discard", methods=["POST"])
    @problems(*_PROBLEMS)
    @staff_only(*READERS)
    @mailbox.arguments(schemas.DiscardSchema)
    @mailbox.idempotent
    @mailbox.response(200, schemas.ListedEmailSchema)
    def discard(data: dict[str, Any], email_id: uuid.UUID, *, session: ServiceSession) -> IncomingEmail:
        """Discard the e-mail, with the reason"""
        who, email = must_read(settings), found(session, email_id, to_change=True)
        email.discard(who, data["reason"])
        return email

    return (mailbox,)


def confirm_email(
    desk: FilingDesk, session: Session, email_id: uuid.UUID, data: dict[str, Any], number: Number
) -> dict[str, Any]:
    """File an e-mail as a complaint, with its files; return what `FilingDesk.take_in` does.

    :raises Problem: as that does, and 404 for an unknown e-mail.
    :raises AlreadyDecided: if somebody was faster.
    """
    email = found(session, email_id, to_change=True)
    email.must_wait()
    filed = desk.take_in(session, data | {"channel": "email"}, number)
    email.confirm(calling_staff(), access.find(session, filed["complaint_no"], to_change=True))
    return filed


def attach_email(session: Session, who: Actor, email_id: uuid.UUID, no: str) -> dict[str, Any]:
    """Attach an e-mail to a complaint; return its number, and whether it is the citizen's reply.

    :raises Problem: 404 for an unknown e-mail or number, 403 for another province's complaint.
    """
    email = found(session, email_id, to_change=True)
    complaint = access.find(session, no, to_change=True)
    access.must_be_of_own_province(complaint, who)
    return {"complaint_no": complaint.complaint_no, "reply": email.attach(who, complaint)}


def found(session: Session, email_id: uuid.UUID, *, to_change: bool = False) -> IncomingEmail:
    """Return the e-mail, locked if it is to be changed.

    :raises Problem: 404 if there is none.
    """
    email = IncomingEmail.locked(session, email_id) if to_change else session.get(IncomingEmail, email_id)
    if email is None:
        raise Problem(404, "no-such-email", vi="Không có thư này.", en="There is no such e-mail.")
    return email
