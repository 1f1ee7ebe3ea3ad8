"""The mailbox in a browser: what an e-mail says, and what a clerk makes of it: a complaint, part of one, or nothing (F1)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Final

import sqlalchemy as sa
from flask import Response, redirect, render_template, request
from flask import session as kept
from sqlalchemy.orm import Session

from services.chassis.resources import Resources
from services.chassis.web import looks, paging
from services.chassis.web.numbered import Number, numbered
from services.chassis.web.pages import notice, session
from services.chassis.web.pages.blueprint import Pages
from services.chassis.web.pages.forms import Field, Form
from services.chassis.web.pages.language import lazy as _
from services.chassis.web.pages.language import translate
from services.chassis.web.resources import resources as here
from services.feedback.categories import tree
from services.feedback.categories.suggestion import suggest
from services.feedback.complaints.filing_desk import FilingDesk
from services.feedback.desk.intake_pages import FIELDS, READ_OUT
from services.feedback.directory.callers import calling_staff
from services.feedback.mailbox.api import READERS, attach_email, confirm_email, file_of, found, must_read
from services.feedback.mailbox.rules import ATTACHED, CONFIRMED, DISCARDED, IGNORED, TO_DECIDE, IncomingEmail
from services.feedback.mailbox.schemas import AttachSchema, ConfirmSchema, DiscardSchema
from services.feedback.settings import Settings

_HERE = "/feedback/hop-thu"
STATES: Final = {
    TO_DECIDE: _("Chờ xử lý"),
    CONFIRMED: _("Đã thành phản ánh"),
    ATTACHED: _("Đã ghép vào phản ánh"),
    DISCARDED: _("Đã loại"),
    IGNORED: _("Thư tự động"),
}
LEFT_OUT: Final = {
    "too-large": _("thư lớn quá mức; hãy mở ở hộp thư"),
    "too-many-files": _("quá năm tệp"),
    "too-many-parts": _("thư có quá nhiều phần"),
    "not-readable": _("không đọc được; hãy mở ở hộp thư"),
}
_ATTACH = {"complaint_no": Field(_("Mã phản ánh"), classes="govuk-input--width-20", missing=_("Nhập mã phản ánh."))}
_DISCARD = {"reason": Field(_("Lý do loại"), missing=_("Viết lý do loại thư này."))}
_CONFIRM = {name: each for name, each in FIELDS.items() if name != "channel"}
_SUBJECT, _BODY = (5, 200), 5000


def blueprints(resources: Resources[Settings]) -> tuple[Pages]:
    """Return the pages of the mailbox."""
    settings, desk = resources.settings, FilingDesk(resources)
    pages = Pages("mailbox_pages", __name__)

    def _file(form: Form, email_id: uuid.UUID, *, number: Number) -> Any:
        def work(db: Session) -> Any:
            filed = confirm_email(desk, db, email_id, form.data, number)
            kept[READ_OUT] = {"no": filed["complaint_no"], "code": filed["tracking_code"]}
            return redirect(f"/feedback/tiep-nhan/{filed['complaint_no']}", 303)

        return here.db.transact(work)

    unnumbered: Any = _file
    file: Callable[[Form, uuid.UUID], Any] = numbered(desk.numbers)(unnumbered)

    @pages.get("/hop-thu")
    @session.requires(*READERS)
    def list_emails() -> str:
        must_read(settings)
        state = request.args.get("tinh-trang", TO_DECIDE)
        state = state if state in STATES else TO_DECIDE
        query = {"limit": 50, "cursor": request.args.get("cursor") or None}
        with here.db.write() as db:
            statement = sa.select(IncomingEmail).where(IncomingEmail.state == state)
            by = (IncomingEmail.taken_at, IncomingEmail.id)
            page = paging.fetch(db, statement, by=by, query=query, descending=state != TO_DECIDE)
            looks.look_at_list(db, "emails", [str(each.id) for each in page["items"]], because="mailbox")
            waiting = db.scalar(sa.select(sa.func.count()).where(IncomingEmail.state == TO_DECIDE))
        return render_template(
            "feedback/mailbox/emails.html",
            emails=page["items"],
            tabs=[
                (name, f"{_HERE}?tinh-trang={each}", each == state, waiting if each == TO_DECIDE else None)
                for each, name in STATES.items()
            ],
            next_href=f"{_HERE}?tinh-trang={state}&cursor={page['next_cursor']}" if page["next_cursor"] else "",
            is_read=bool(settings.mailbox_host),
        )

    @pages.route("/hop-thu/<uuid:email_id>", methods=["GET", "POST"])
    @session.requires(*READERS)
    def decide(email_id: uuid.UUID) -> Any:
        who = must_read(settings)
        with here.db.write() as db:
            email = found(db, email_id)
            looks.look(db, "email", str(email.id), because="mailbox")
            suggested = _suggested(db, email)
        at_first = _at_first(email, who.office_code, suggested)
        confirming = Form(ConfirmSchema, _CONFIRM, values=at_first, name="xac-nhan")
        attaching = Form(AttachSchema, _ATTACH, values={"complaint_no": email.named_complaint}, name="ghep")
        discarding = Form(DiscardSchema, _DISCARD, name="loai")
        if confirming.is_valid():
            with confirming.refusals():
                return file(confirming, email_id)
        if attaching.is_valid() and (done := attaching.once(lambda db: _attach(db, email_id, attaching.data))):
            return done
        if discarding.is_valid() and (done := discarding.once(lambda db: _discard(db, email_id, discarding.data))):
            return done
        failed = next((form for form in (confirming, attaching, discarding) if form.errors), confirming)
        return failed.draw(
            "feedback/mailbox/email.html",
            email=email,
            confirming=confirming,
            attaching=attaching,
            discarding=discarding,
            suggested=suggested,
            states=STATES,
            left_out=LEFT_OUT,
        )

    @pages.get("/hop-thu/<uuid:email_id>/tep/<int:number>")
    @session.requires(*READERS)
    def show_file(email_id: uuid.UUID, number: int) -> Response:
        return file_of(here, email_id, number, shown="inline")

    return (pages,)


def _at_first(email: IncomingEmail, office: str | None, suggested: list[tuple[Any, list[str]]]) -> dict[str, Any]:
    """Return the complaint as the e-mail would have it; the clerk corrects it."""
    subject = email.subject_line[: _SUBJECT[1]] or email.words[: _SUBJECT[1]].partition("\n")[0]
    return {
        "office_code": office,
        "category_code": suggested[0][0].code if suggested else None,
        "subject_line": subject,
        "body": email.words[:_BODY],
        "contact.full_name": email.sender_name[:200],
        "contact.email": email.sender,
    }


def _suggested(db: Session, email: IncomingEmail) -> list[tuple[Any, list[str]]]:
    by_code = {each.code: each for each in tree.list_all(db)}
    text = f"{email.subject_line}\n{email.words}"[:_BODY]
    hits = suggest(text, tree.hints(by_code.values())) if text.strip() else []
    return [(by_code[each.code], sorted({hit.text for hit in each.because})) for each in hits]


def _attach(db: Session, email_id: uuid.UUID, data: dict[str, Any]) -> Any:
    attached = attach_email(db, calling_staff(), email_id, data["complaint_no"])
    said = (
        translate("Đã ghép vào phản ánh %(no)s: đây là trả lời của người dân, thời hạn chạy tiếp.")
        if attached["reply"]
        else translate("Đã ghép vào phản ánh %(no)s.")
    )
    notice.tell(said % {"no": attached["complaint_no"]})
    return redirect(_HERE, 303)


def _discard(db: Session, email_id: uuid.UUID, data: dict[str, Any]) -> Any:
    found(db, email_id, to_change=True).discard(calling_staff(), data["reason"])
    notice.tell(translate("Đã loại thư, có ghi lý do."))
    return redirect(_HERE, 303)
