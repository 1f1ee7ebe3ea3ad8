"""Questions that are often asked, for their keepers in a browser: list, a box to try words in, edit (G5)."""

from __future__ import annotations

from typing import Any, Final

from flask import redirect, request
from sqlalchemy.orm import Session

from services.chassis.web.pages import notice, session
from services.chassis.web.pages.blueprint import Pages
from services.chassis.web.pages.forms import Field, Form
from services.chassis.web.pages.language import lazy as _
from services.chassis.web.pages.language import translate
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources
from services.feedback.faq import rules
from services.feedback.faq.api import KEEPERS, keeper, must_be_a_code
from services.feedback.faq.page_schemas import QuestionForm, TrialSchema

faq = Pages("faq_pages", __name__)
blueprints = (faq,)

_HERE = "/feedback/cau-hoi"
_TRIAL = {"text": Field(_("Thử một câu hỏi"), hint=_("Câu nào sẽ được gợi ý?"), missing=_("Viết một câu hỏi."))}
FIELDS: Final = {
    "code": Field(_("Mã"), hint=_("Chữ thường không dấu, chữ số, gạch nối: quen-mat-khau."), classes="govuk-input--width-20"),
    "theme": Field(_("Chủ đề"), kind="select", choices=list(rules.THEMES.items())),
    "question": Field(_("Câu hỏi"), missing=_("Viết câu hỏi.")),
    "answer": Field(_("Trả lời"), kind="textarea", rows=8, missing=_("Viết câu trả lời.")),
    "question_en": Field(_("Câu hỏi, tiếng Anh")),
    "answer_en": Field(_("Trả lời, tiếng Anh"), kind="textarea", rows=6),
    "keywords": Field(_("Từ khóa"), hint=_("Mỗi dòng một từ khóa; điểm từ 1 đến 9 sau dấu sao: quên mật khẩu*4."), kind="textarea", rows=6),
    "place": Field(_("Thứ tự"), kind="number", classes="govuk-input--width-4"),
    "open": Field(_("Cho mọi người xem"), kind="checkbox"),
    "reason": Field(_("Lý do thay đổi"), missing=_("Viết lý do thay đổi; lý do được ghi vào lịch sử.")),
}  # fmt: skip


@faq.route("/cau-hoi", methods=["GET", "POST"])
@session.requires(*KEEPERS)
def list_questions() -> Any:
    keeper()
    form = Form(TrialSchema, _TRIAL, name="thu")
    with resources.db.read() as db:
        found = rules.search(db, form.data["text"]) if form.is_valid() else None
        questions = rules.list_all(db, closed=True)
    return form.draw("feedback/faq/questions.html", questions=questions, found=found, themes=rules.THEMES)


@faq.route("/cau-hoi/them", methods=["GET", "POST"])
@session.requires(*KEEPERS)
def add() -> Any:
    keeper()
    form = Form(QuestionForm, FIELDS, values={"place": 100, "open": "true"})
    if form.is_valid():
        with resources.db.read() as db:
            taken = rules.find(db, form.data["code"]) is not None
        if taken:
            form.add_error("code", translate("Mã này đã có câu hỏi khác."))
        elif done := form.once(lambda db: _put(db, form.data["code"], form.data)):
            return done
    return form.draw("feedback/faq/question.html", code="")


@faq.route("/cau-hoi/<code>", methods=["GET", "POST"])
@session.requires(*KEEPERS)
def edit(code: str) -> Any:
    keeper()
    with resources.db.read() as db:
        found = rules.find(db, code)
    if found is None:
        raise Problem(404)
    names = ("theme", "question", "answer", "question_en", "answer_en", "place")
    values = {name: getattr(found, name) for name in names}
    values |= {"code": code, "keywords": "\n".join(found.keywords), "open": "true" if found.open else ""}
    form = Form(QuestionForm, FIELDS, values=values)
    if form.is_valid() and (done := form.once(lambda db: _put(db, code, form.data))):
        return done
    return form.draw("feedback/faq/question.html", code=code)


def _put(db: Session, code: str, data: dict[str, Any]) -> Any:
    must_be_a_code(code)
    given = {name: value for name, value in data.items() if name != "code"}
    rules.put(db, code, given | {"open": "open" in request.form}, keeper())
    notice.tell(translate("Đã ghi câu hỏi."))
    return redirect(_HERE, 303)
