"""The steps that a desk takes on a complaint, each with its form, its key, and why it is not possible now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import marshmallow as ma
from sqlalchemy.orm import Session

from services.chassis.text.places import place_of_office
from services.chassis.text.sorting import sort_key
from services.chassis.web.pages.forms import Field, Form
from services.chassis.web.pages.language import lazy as _
from services.chassis.web.pages.language import translate
from services.chassis.web.resources import resources
from services.feedback.answers import rules as answers
from services.feedback.answers.schemas import AnswerSchema
from services.feedback.categories import tree
from services.feedback.complaints import access, schemas, steps
from services.feedback.complaints.rules import Complaint
from services.feedback.complaints.vocabulary import RECEIVED, WAITING
from services.feedback.coordination import steps as coordination
from services.feedback.coordination.schemas import CoordinateSchema
from services.feedback.desk import drafts, owners
from services.feedback.desk.schemas import TakeSchema
from services.feedback.directory import offices
from services.feedback.directory.callers import calling_staff
from services.feedback.settings import Settings

Take = Callable[[Session, str, dict[str, Any]], str]


class NothingSchema(ma.Schema):
    """A step without words."""


@dataclass(frozen=True)
class Action:
    """One step: its name in the address, its label, key and form, and what it does; `take` returns the notice."""

    name: str
    label: Any
    key: str
    take: Take
    schema: type[ma.Schema] = NothingSchema
    fields: Mapping[str, Field] = field(default_factory=dict)
    button: Any = ""
    first: Callable[[Session, str], dict[str, Any]] = lambda _db, _no: {}

    @property
    def asks(self) -> bool:
        """Tell whether it has a form of its own."""
        return bool(self.fields)

    def form(self, no: str, db: Session | None = None) -> Form:
        """Return its form, filled in with what is there at first."""
        return Form(self.schema, self.fields, values=self.first(db, no) if db is not None else None, name=self.name)


class Actions:
    """All steps of a desk, in the order in which they are usually taken."""

    def __init__(self, settings: Settings) -> None:
        self._all = {each.name: each for each in (*_FIXED, _recategorise(settings), _answer(settings))}

    def find(self, name: str) -> Action | None:
        """Return the step of that name."""
        return self._all.get(name)

    def possible(self, complaint: Complaint, me: str | None, *, first: str) -> list[tuple[Action, str]]:
        """Return the steps that may be shown now, the one that should come next first, each with the reason why it is not possible, or nothing."""
        if not complaint.is_open:
            return []
        shown = sorted(
            (each for each in self._all.values() if _fits(each.name, complaint, me)), key=lambda each: each.name != first
        )
        return [(each, _why_not(each.name, complaint)) for each in shown]


def _fits(name: str, complaint: Complaint, me: str | None) -> bool:
    if name == "ghi-nhan":
        return complaint.status == RECEIVED
    if name == "nhan-viec":
        return complaint.owner_id != me
    if name == "tra-viec":
        return complaint.owner_id is not None and complaint.owner_id == me
    return True


def _why_not(name: str, complaint: Complaint) -> str:
    if name == "hoi" and complaint.paused_once:
        return translate("Đã hỏi người dân một lần; không được dừng thời hạn lần nữa.")
    if complaint.status == WAITING and name in ("chuyen", "tra-loi"):
        return translate("Đang chờ người dân trả lời câu hỏi.")
    return ""


def category_choices() -> list[tuple[str, str]]:
    with resources.db.read() as db:
        found = [each for each in tree.listed(db) if each.open]
    names = {each.code: each.name for each in found}
    return [(each.code, f"{names[each.parent]}: {each.name}" if each.parent in names else each.name) for each in found]


def _offices() -> list[tuple[str, str]]:
    with resources.db.read() as db:
        found = offices.list_open(db)
    ordered = sorted(found, key=lambda office: (sort_key(place_of_office(office.name)), office.code))
    return [(each.code, each.name) for each in ordered]


def _acknowledge(db: Session, no: str, _data: dict[str, Any]) -> str:
    steps.take_note(db, no, calling_staff())
    return translate("Đã ghi nhận phản ánh.")


def _route(db: Session, no: str, data: dict[str, Any]) -> str:
    return translate("Đã chuyển: %(unit)s.", unit=steps.route(db, no, data).unit)


def _ask(db: Session, no: str, data: dict[str, Any]) -> str:
    steps.ask(db, no, data | {"insists_because": data.get("insists_because")})
    return translate("Đã gửi câu hỏi cho người dân; thời hạn tạm dừng cho đến khi có trả lời.")


def _ask_office(db: Session, no: str, data: dict[str, Any]) -> str:
    asked = coordination.request(db, no, data)
    return translate("Đã hỏi %(office)s. Phản ánh vẫn do cơ quan này chịu trách nhiệm.", office=asked.office["name"])


def _mark(db: Session, no: str, data: dict[str, Any]) -> str:
    steps.mark_about(db, no, data)
    return translate("Đã đánh dấu phản ánh nói về ai.")


def _take(db: Session, no: str, data: dict[str, Any]) -> str:
    complaint, who = access.find_accountable(db, no)
    owners.take(complaint, who, instead=data["instead"])
    return translate("Đã nhận giải quyết phản ánh này.")


def _give_back(db: Session, no: str, _data: dict[str, Any]) -> str:
    complaint, who = access.find_accountable(db, no)
    owners.give_back(complaint, who)
    return translate("Đã trả lại phản ánh cho bàn làm việc.")


def _own_draft(db: Session, no: str) -> dict[str, Any]:
    me = calling_staff().account_id
    own = next((each for each in drafts.drafts_of(db, no) if each.writer == me), None)
    if own:
        return {"text": own.text}
    last = answers.latest(db, no)
    return {"text": last.text} if last is not None and last.status == answers.RETURNED else {}


def _recategorise(settings: Settings) -> Action:
    def take(db: Session, no: str, data: dict[str, Any]) -> str:
        steps.recategorise(db, no, data, urgent_category=settings.urgent_category)
        return translate("Đã đổi lĩnh vực.")

    fields = {
        "category_code": Field(_("Lĩnh vực"), kind="select", choices=category_choices, missing=_("Chọn lĩnh vực.")),
        "reason": Field(_("Lý do đổi"), kind="textarea", rows=3, missing=_("Nêu lý do đổi lĩnh vực.")),
    }
    return Action("linh-vuc", _("Đổi lĩnh vực"), "v", take, schemas.RecategoriseSchema, fields, _("Đổi lĩnh vực"))


def _answer(settings: Settings) -> Action:
    def take(db: Session, no: str, data: dict[str, Any]) -> str:
        complaint, who = access.find_accountable(db, no)
        drafted = answers.draft(complaint, who, data["text"], needs_approval=settings.answer_approval != "none")
        if drafted.status == answers.SENT:
            return translate("Đã gửi trả lời cho người dân.")
        return translate("Đã trình dự thảo số %(version)s để duyệt.", version=drafted.version)

    text = Field(_("Trả lời người dân"), kind="textarea", rows=12, missing=_("Viết câu trả lời."))
    return Action("tra-loi", _("Soạn trả lời"), "r", take, AnswerSchema, {"text": text}, _("Trình duyệt"), _own_draft)


_UNIT = Field(
    _("Bộ phận trong cơ quan"), missing=_("Nhập tên phòng hoặc bộ phận giải quyết."), classes="govuk-!-width-two-thirds"
)
_QUESTION = Field(
    _("Câu hỏi cho người dân"),
    hint=_("Chỉ hỏi được một lần. Thời hạn tạm dừng cho đến khi người dân trả lời."),
    kind="textarea",
    missing=_("Viết câu hỏi."),
)
_OFFICE = Field(_("Cơ quan được hỏi"), kind="select", choices=_offices, missing=_("Chọn cơ quan được hỏi."))
_OFFICE_QUESTION = Field(
    _("Nội dung đề nghị phối hợp"),
    hint=_("Cơ quan được hỏi không thấy số điện thoại, thư điện tử của người dân."),
    kind="textarea",
    missing=_("Viết nội dung đề nghị."),
)
_ABOUT = Field(
    _("Phản ánh nói về"),
    kind="radios",
    choices=(("officer", _("Cán bộ")), ("office", _("Cơ quan BHXH")), ("director", _("Giám đốc BHXH tỉnh"))),
    missing=_("Chọn phản ánh nói về ai."),
)
_ABOUT_REASON = Field(_("Căn cứ"), kind="textarea", rows=3, missing=_("Nêu căn cứ."))

_FIXED = (
    Action("ghi-nhan", _("Ghi nhận"), "a", _acknowledge, button=_("Ghi nhận")),
    Action("chuyen", _("Chuyển bộ phận"), "p", _route, schemas.RouteSchema, {"unit": _UNIT}, _("Chuyển bộ phận")),
    Action("hoi", _("Hỏi người dân"), "q", _ask, schemas.QuestionSchema, {"question": _QUESTION}, _("Gửi câu hỏi")),
    Action("co-quan", _("Hỏi cơ quan khác"), "c", _ask_office, CoordinateSchema,
           {"office_code": _OFFICE, "question": _OFFICE_QUESTION}, _("Gửi đề nghị phối hợp")),
    Action("nhan-viec", _("Nhận giải quyết"), "w", _take, TakeSchema, button=_("Nhận giải quyết")),
    Action("tra-viec", _("Trả lại việc"), "u", _give_back, button=_("Trả lại việc")),
    Action("noi-ve", _("Nói về cán bộ, cơ quan"), "o", _mark, schemas.MarkSchema,
           {"about": _ABOUT, "reason": _ABOUT_REASON}, _("Đánh dấu")),
)  # fmt: skip
