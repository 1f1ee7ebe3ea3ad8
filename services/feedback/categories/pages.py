"""Categories in a browser (page 77): the tree, a box to try a text in, days, keywords, history (F2)."""

from __future__ import annotations

from typing import Any, Final

from flask import redirect, request
from sqlalchemy.orm import Session

from services.chassis.web.pages import notice, session
from services.chassis.web.pages.blueprint import Pages
from services.chassis.web.pages.forms import Field, Form
from services.chassis.web.pages.language import lazy as _
from services.chassis.web.pages.language import translate
from services.chassis.web.resources import resources
from services.feedback.categories import tree
from services.feedback.categories.api import KEEPERS, find_category, put_category
from services.feedback.categories.boards import BOARDS
from services.feedback.categories.category import DAYS
from services.feedback.categories.page_schemas import CategoryForm
from services.feedback.categories.schemas import SuggestionBody
from services.feedback.categories.suggestion import suggest
from services.feedback.directory.callers import calling_staff
from services.feedback.directory.names import names_of

categories = Pages("category_pages", __name__)
blueprints = (categories,)

_HERE = "/feedback/danh-muc"
_TRIAL = {
    "text": Field(
        _("Thử một nội dung"), hint=_("Lĩnh vực nào được gợi ý?"), kind="textarea", rows=4, missing=_("Viết một nội dung.")
    )
}
DAYS_NAMES: Final = {
    "acknowledge_days": _("Ghi nhận"),
    "route_days": _("Chuyển bộ phận"),
    "answer_days": _("Trả lời"),
    "warn_days": _("Nhắc trước hạn"),
    "board_days": _("Báo Ban sau hạn"),
    "centre_days": _("Báo Trung tâm CNTT sau hạn"),
}
CHANGES: Final = {"added": _("thêm"), "changed": _("sửa"), "closed": _("đóng"), "reopened": _("mở lại")}


def _parents() -> list[tuple[str, str]]:
    with resources.db.read() as db:
        found = [each for each in tree.list_all(db) if each.parent is None]
    return [("", translate("Không thuộc nhóm nào")), *((each.code, each.name) for each in found)]


FIELDS: Final = {
    "parent": Field(_("Thuộc nhóm"), kind="select", choices=_parents),
    "board": Field(_("Ban theo dõi"), kind="select", choices=list(BOARDS.items())),
    "name": Field(_("Tên"), missing=_("Viết tên lĩnh vực.")),
    **{
        name: Field(label, hint=_("ngày làm việc; để trống: theo nhóm"), kind="number", classes="govuk-input--width-4")
        for name, label in DAYS_NAMES.items()
    },
    "keywords": Field(_("Từ khóa"), hint=_("Mỗi dòng một từ khóa; điểm từ 1 đến 9 sau dấu sao: chốt sổ*4."), kind="textarea", rows=6),
    "examples": Field(_("Ví dụ"), hint=_("Mỗi dòng một ví dụ."), kind="textarea", rows=3),
    "open": Field(_("Đang dùng"), kind="checkbox"),
    "reason": Field(_("Lý do thay đổi"), missing=_("Viết lý do thay đổi; lý do được ghi vào lịch sử.")),
}  # fmt: skip


@categories.route("/danh-muc", methods=["GET", "POST"])
@session.requires(*KEEPERS)
def show_tree() -> Any:
    form = Form(SuggestionBody, _TRIAL, name="thu")
    with resources.db.read() as db:
        every = tree.list_all(db, closed=True)
        found = None
        if form.is_valid():
            by_code = {each.code: each for each in every if each.open}
            found = [
                (by_code[each.code], f"{each.score:g}".replace(".", ","), sorted({hit.text for hit in each.because}))
                for each in suggest(form.data["text"], tree.hints(by_code.values()))
            ]
    return form.draw("feedback/categories/tree.html", categories=every, found=found, boards=BOARDS, may_change=_may_change())


@categories.route("/danh-muc/<code>", methods=["GET", "POST"])
@session.requires(*KEEPERS)
def show_one(code: str) -> Any:
    with resources.db.read() as db:
        category = find_category(db, code)
        changes = tree.history_of(db, code)
        names = names_of(db, [each.actor for each in changes])
    values = {name: getattr(category, name) for name in ("parent", "board", "name", *DAYS)}
    lists = {"keywords": "\n".join(map(str, category.keywords)), "examples": "\n".join(category.examples)}
    form = Form(CategoryForm, FIELDS, values=values | lists | {"open": "true" if category.open else ""})
    if form.is_valid() and (done := form.once(lambda db: _put(db, code, form.data))):
        return done
    return form.draw(
        "feedback/categories/category.html",
        category=category,
        changes=changes,
        names=names,
        kinds=CHANGES,
        fields=[name for name in FIELDS if name != "open"],
        may_change=_may_change(),
    )


def _may_change() -> bool:
    who = calling_staff()
    return who.role == "admin" or who.is_centre


def _put(db: Session, code: str, data: dict[str, Any]) -> Any:
    put_category(db, calling_staff(), code, data | {"open": "open" in request.form})
    notice.tell(translate("Đã ghi lĩnh vực."))
    return redirect(f"{_HERE}/{code}", 303)
