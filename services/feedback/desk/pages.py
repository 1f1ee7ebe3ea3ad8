"""The desk in a browser: `/ban` with its tabs, `/tim` for whoever calls without a number, `/truc` for people turned away now (pages 69 to 71)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import redirect, render_template, request
from marshmallow import EXCLUDE
from sqlalchemy.orm import Session

from services.chassis.calendar import calendar_of
from services.chassis.errors import Refused
from services.chassis.web import looks
from services.chassis.web.failures import problem_of
from services.chassis.web.pages import language, notice, session
from services.chassis.web.pages.blueprint import Pages
from services.chassis.web.pages.forms import Field, Form
from services.chassis.web.pages.language import lazy as _
from services.chassis.web.pages.language import translate
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources
from services.feedback.categories import tree
from services.feedback.complaints import steps
from services.feedback.complaints.schemas import ComplaintNosSchema
from services.feedback.desk import api, labels, presenting, tabs, views
from services.feedback.desk.schemas import SearchSchema, TabQuery
from services.feedback.directory import duty
from services.feedback.directory.actors import OFFICE_ROLES, WORKING_ROLES
from services.feedback.directory.callers import calling_staff

desk = Pages("desk_pages", __name__)
blueprints = (desk,)

#: what narrows a tab; none of it names a person, so it may stand in the address
_FILTERS = ("mine", "late", "category", "channel", "unit")
_SEARCH = {
    "query": Field(
        _("Tìm phản ánh"),
        hint=_("Mã phản ánh, số điện thoại, mã số BHXH, họ tên người gửi, hoặc vài từ trong nội dung."),
        kind="search",
        missing=_("Nhập điều cần tìm."),
        classes="govuk-!-width-two-thirds",
        attributes={"data-key": "/"},
    )
}
_MARK = {"complaint_nos": Field(_("Chọn phản ánh"), kind="checkboxes")}


@desk.route("/ban", methods=["GET", "POST"])
@session.requires(*WORKING_ROLES)
def show_desk() -> Any:
    form = Form(ComplaintNosSchema, _MARK, name="ghi-nhan")
    if form.is_valid():
        _acknowledge(form.data["complaint_nos"])
        return redirect(request.full_path.rstrip("?"), 303)
    if form.is_sent and not request.form.getlist("complaint_nos"):
        form.errors.clear()
        form.add_error("complaint_nos", translate("Chọn ít nhất một phản ánh để ghi nhận."))
    asked = _asked(request.args)
    who = calling_staff()
    with resources.db.write() as db:
        page = api.page_of_tab(db, asked, who)
        counts = tabs.counts(db, who)
        calendar = calendar_of(db)
        lines = [each | {"chip": presenting.chip_of(each["due_at"], each["status"], calendar)} for each in page["items"]]
        categories = tree.listed(db)
    names = {each.code: each.name for each in categories}
    return form.draw(
        "feedback/desk/desk.html",
        lines=lines,
        asked=asked,
        tabs=_tab_links(asked, counts),
        nothing=labels.NOTHING_IN[asked["tab"]],
        active=_active(asked, names),
        clear_href=_address({"tab": asked["tab"]}),
        next_href=_address(asked | {"cursor": page["next_cursor"]}) if page["next_cursor"] else "",
        previous_href=_address(asked | {"cursor": None}) if asked.get("cursor") else "",
        may_mark=asked["tab"] == tabs.TO_ACKNOWLEDGE,
        categories=[each for each in categories if each.open],
        category_names=names,
        labels=labels,
        search=Form(SearchSchema, _SEARCH, name="tim"),
        me=who.account_id,
    )


@desk.route("/tim", methods=["GET", "POST"])
@session.requires(*WORKING_ROLES)
def search() -> Any:
    form, found = Form(SearchSchema, _SEARCH, name="tim"), None
    if form.is_valid():
        with form.refusals(), resources.db.write() as db:
            found = api.hits_of(db, form.data["query"], calling_staff(), most=labels.ON_A_PAGE)
            calendar = calendar_of(db)
            for each in found["items"]:
                each["chip"] = presenting.chip_of(each["due_at"], each["status"], calendar)
    return form.draw("feedback/desk/search.html", found=found, labels=labels)


@desk.get("/truc")
@session.requires(*OFFICE_ROLES)
def show_duty() -> str:
    who = calling_staff()
    with resources.db.write() as db:
        urgent = tabs.cannot_wait(db, who)
        looks.look_at_list(db, "complaints", [each.complaint_no for each in urgent], because="work_list")
        calendar = calendar_of(db)
        lines = [
            each | {"chip": presenting.chip_of(each["due_at"], each["status"], calendar)}
            for each in views.lines(db, urgent, who)
        ]
        on_duty = duty.of_province(db, who.province_code or "")
    return render_template("feedback/desk/duty.html", lines=lines, on_duty=on_duty, labels=labels)


def _acknowledge(numbers: list[str]) -> None:
    """Acknowledge each by itself, and tell the result of each line."""
    done, who = [], calling_staff()
    for no in sorted(set(numbers)):
        try:
            resources.db.transact(_one(no, who))
            done.append(no)
        except (Refused, Problem) as refused:
            why = problem_of(refused).members
            notice.tell(f"{no}: {language.either(why['detail'], why['detail_en'])}")
    if done:
        notice.tell(translate("Đã ghi nhận %(n)s phản ánh: %(numbers)s.", n=len(done), numbers=", ".join(done)))


def _one(no: str, who: Any) -> Any:
    def work(db: Session) -> str:
        return steps.take_note(db, no, who).complaint_no

    return work


def _asked(args: Mapping[str, str]) -> dict[str, Any]:
    """Return the tab and its filters; what is mistyped in an address counts as not asked."""
    schema = TabQuery(unknown=EXCLUDE)
    given = {name: value for name, value in args.items() if value}
    wrong = schema.validate(given)
    loaded: dict[str, Any] = schema.load({name: value for name, value in given.items() if name not in wrong})
    return loaded | {"limit": labels.ON_A_PAGE}


def _address(asked: Mapping[str, Any]) -> str:
    kept = {name: asked[name] for name in ("tab", *_FILTERS, "cursor") if asked.get(name)}
    shown = {name: "true" if value is True else value for name, value in kept.items()}
    return "/feedback/ban" + (f"?{urlencode(shown)}" if shown else "")


def _tab_links(asked: Mapping[str, Any], counts: Mapping[str, Mapping[str, int]]) -> list[tuple[Any, str, bool, int]]:
    which = "mine" if asked["mine"] else "all"
    filters = {name: asked[name] for name in _FILTERS if asked.get(name)}
    return [
        (labels.TAB[tab], _address(filters | {"tab": tab}), tab == asked["tab"], counts[tab][which]) for tab in tabs.TABS
    ]


def _active(asked: Mapping[str, Any], categories: Mapping[str, str]) -> list[tuple[str, str]]:
    words: dict[str, Callable[[Any], str]] = {
        "mine": lambda _value: translate("việc của tôi"),
        "late": lambda _value: translate("quá hạn"),
        "category": lambda value: categories.get(value, value),
        "channel": lambda value: str(labels.CHANNEL[value]),
        "unit": str,
    }
    active = [name for name in _FILTERS if asked.get(name)]
    return [(words[name](asked[name]), _address({**asked, name: None, "cursor": None})) for name in active]
