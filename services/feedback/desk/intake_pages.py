"""Take down a complaint of somebody who calls, writes or stands at the counter (page 69): the text first, then what it may belong to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import redirect, render_template, request
from flask import session as kept
from sqlalchemy.orm import Session

from services.chassis.resources import Resources
from services.chassis.web import auth
from services.chassis.web.numbered import Number, numbered
from services.chassis.web.pages import session
from services.chassis.web.pages.blueprint import Pages
from services.chassis.web.pages.forms import Field, Form
from services.chassis.web.pages.language import lazy as _
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources as here
from services.feedback.categories import tree
from services.feedback.categories.suggestion import suggest
from services.feedback.complaints import access, views
from services.feedback.complaints.filing_desk import RECORDED_BY, FilingDesk
from services.feedback.complaints.schemas import ComplaintSchema
from services.feedback.desk import api, labels, presenting
from services.feedback.desk.actions import category_choices
from services.feedback.directory import offices
from services.feedback.directory.actors import OFFICE_ROLES
from services.feedback.directory.callers import calling_staff
from services.feedback.finding import rules as finding
from services.feedback.settings import Settings

_CLERKS: Final = (*OFFICE_ROLES, "support")
#: in the cookie of the service's pages: the number and code that are read out once
READ_OUT: Final = "read_out"
_MOST_TEXT = 5000


def _channels() -> list[tuple[str, Any]]:
    who = auth.principal()
    return [(each, labels.CHANNEL[each]) for each, roles in RECORDED_BY.items() if who.role in roles]


def _offices() -> list[tuple[str, str]]:
    who = auth.principal()
    own = who.claims.get("province") if who.role in OFFICE_ROLES else None
    with here.db.read() as db:
        return [(each.code, each.name) for each in offices.list_open(db, str(own) if own else None)]


FIELDS: Final = {
    "body": Field(_("Nội dung phản ánh"), hint=_("Ghi đúng lời người dân."), kind="textarea", rows=7,
                  missing=_("Ghi nội dung phản ánh.")),
    "subject_line": Field(_("Tóm tắt trong một dòng"), missing=_("Tóm tắt phản ánh trong một dòng.")),
    "category_code": Field(_("Lĩnh vực"), kind="select", choices=category_choices,
                           hint=_("Không rõ thì để trống; cơ quan sẽ chọn.")),
    "channel": Field(_("Nhận qua"), kind="radios", choices=_channels, missing=_("Chọn kênh tiếp nhận.")),
    "office_code": Field(_("Cơ quan tiếp nhận"), kind="select", choices=_offices, missing=_("Chọn cơ quan tiếp nhận.")),
    "contact.full_name": Field(_("Họ và tên người gửi"), classes="govuk-!-width-two-thirds"),
    "contact.phone": Field(_("Số điện thoại di động"), kind="tel", inputmode="tel", classes="govuk-input--width-20"),
    "contact.email": Field(_("Thư điện tử"), kind="email", classes="govuk-!-width-two-thirds"),
    "bhxh_code": Field(_("Mã số BHXH"), inputmode="numeric", classes="govuk-input--width-10"),
    "anonymous": Field(_("Người gửi không cho biết là ai"), kind="checkbox",
                       hint=_("Không gửi được tin nhắn trả lời; họ phải giữ mã theo dõi.")),
}  # fmt: skip


def blueprints(resources: Resources[Settings]) -> tuple[Pages]:
    """Return the pages of taking down."""
    desk = FilingDesk(resources)
    pages = Pages("intake_pages", __name__)

    def _file(form: Form, *, number: Number) -> Any:
        def work(db: Session) -> Any:
            filed = desk.take_in(db, form.data, number)
            kept[READ_OUT] = {"no": filed["complaint_no"], "code": filed["tracking_code"]}
            return redirect(f"/feedback/tiep-nhan/{filed['complaint_no']}", 303)

        return here.db.transact(work)

    unnumbered: Any = _file
    file: Callable[[Form], Any] = numbered(desk.numbers)(unnumbered)

    @pages.route("/tiep-nhan", methods=["GET", "POST"])
    @session.requires(*_CLERKS)
    def take_down() -> Any:
        office = auth.principal().claims.get("office")
        form = Form(ComplaintSchema, FIELDS, values={"office_code": office, "channel": "hotline"})
        asks = request.form.get("viec") == "goi-y"
        if not asks and form.is_valid():
            with form.refusals():
                return file(form)
        if asks:
            form.errors.clear()
        return form.draw("feedback/desk/intake.html", **_suggested(request.form.get("body", "")), similar=_similar(form))

    @pages.post("/tiep-nhan/goi-y")
    @session.requires(*_CLERKS)
    def suggestions() -> str:
        return render_template("feedback/desk/suggestions.html", **_suggested(request.form.get("body", "")))

    @pages.post("/tiep-nhan/cung-nguoi")
    @session.requires(*_CLERKS)
    def same_person() -> str:
        return render_template(
            "feedback/desk/same_person.html", similar=_similar(Form(ComplaintSchema, FIELDS)), labels=labels
        )

    @pages.get("/tiep-nhan/<no>")
    @session.requires(*_CLERKS)
    def taken_down(no: str) -> Any:
        shown = kept.get(READ_OUT)
        if not shown or shown["no"] != no:
            raise Problem(404)
        with here.db.read() as db:
            complaint = access.find(db, no)
            title, due = views.accountable(complaint)["title"], presenting.last_moment(complaint.answer_due)
        return render_template("feedback/desk/taken_down.html", title=title, due=due, **shown)

    return (pages,)


def _suggested(text: str) -> dict[str, Any]:
    """Return up to three categories for what was typed, with the words that led to them."""
    if not text.strip():
        return {"suggested": []}
    with here.db.read() as db:
        by_code = {each.code: each for each in tree.list_all(db)}
    found = suggest(text[:_MOST_TEXT], tree.hints(by_code.values()))
    return {"suggested": [(by_code[each.code], sorted({hit.text for hit in each.because})) for each in found]}


def _similar(form: Form) -> list[dict[str, Any]]:
    """Return the complaints of the same person in the clerk's own list (F9); nothing for the hotline's staff, who have none."""
    typed = [form.value("contact.phone"), form.value("bhxh_code"), form.value("contact.email")]
    if not form.is_sent or auth.principal().role not in OFFICE_ROLES:
        return []
    found: dict[str, dict[str, Any]] = {}
    with here.db.write() as db:
        for query in filter(finding.names_person, typed):
            found |= {each["complaint_no"]: each for each in api.hits_of(db, query, calling_staff())["items"]}
    return sorted(found.values(), key=lambda each: each["received_at"], reverse=True)[:5]
