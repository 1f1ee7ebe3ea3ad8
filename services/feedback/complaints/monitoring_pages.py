"""The boards in a browser (page 74): a matrix of provinces, the list behind each number, taking note and urging (F5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

import marshmallow as ma
import sqlalchemy as sa
from flask import redirect, request
from sqlalchemy.orm import Session, load_only

from services.chassis import clock
from services.chassis.calendar import calendar_of
from services.chassis.web import looks, paging
from services.chassis.web.pages import notice, session
from services.chassis.web.pages.blueprint import Pages
from services.chassis.web.pages.forms import Field, Form
from services.chassis.web.pages.language import lazy as _
from services.chassis.web.pages.language import translate
from services.chassis.web.resources import resources
from services.feedback.categories.boards import BOARDS
from services.feedback.complaints import access, steps, views
from services.feedback.complaints.handling import in_list_of
from services.feedback.complaints.lists import ListQuery, matching
from services.feedback.complaints.rules import Complaint
from services.feedback.complaints.schemas import ComplaintNosSchema, RemindSchema
from services.feedback.desk import labels, presenting
from services.feedback.directory import responsible
from services.feedback.directory.actors import Actor
from services.feedback.directory.callers import calling_staff

monitoring = Pages("monitoring_pages", __name__)
blueprints = (monitoring,)

#: the columns of the matrix, and the list behind each
COLUMNS: Final = {
    "mo": _("Đang mở"),
    "tre": _("Quá hạn"),
    "chua-xem": _("Chưa xem"),
    "leo-thang": _("Đã báo Trung tâm CNTT"),
}
_FILTERS: Final[dict[str, dict[str, Any]]] = {
    "mo": {},
    "tre": {"late": True},
    "chua-xem": {"seen": False},
    "leo-thang": {"level": 3},
}
_MARK = {"complaint_nos": Field(_("Chọn phản ánh"), kind="checkboxes")}
_REMIND = {
    "words": Field(
        _("Lời đôn đốc"), hint=_("Cơ quan chịu trách nhiệm đọc được. Số lần đôn đốc được đếm."), kind="textarea", rows=4
    )
}
_HERE = "/feedback/theo-doi"
#: what a line shows; the texts stay where they are
_SHOWN: Final = load_only(
    *(Complaint.complaint_no, Complaint.status, Complaint.subject_line, Complaint.office, Complaint.place),
    *(Complaint.due_at, Complaint.board_seen_at, Complaint.reminders),
    raiseload=True,
)


class WatchQuery(ma.Schema):
    """What stands in the address: no person."""

    class Meta:
        """Whatever else stands there is nothing."""

        unknown = ma.EXCLUDE

    tinh = ma.fields.String(load_default="", validate=ma.validate.Regexp(r"^(\d{2})?$"))
    cot = ma.fields.String(load_default="mo", validate=ma.validate.OneOf(tuple(COLUMNS)))
    ban = ma.fields.String(load_default="", validate=ma.validate.OneOf(("", *BOARDS)))
    cursor = ma.fields.String(load_default=None, validate=ma.validate.Length(max=400))


@monitoring.route("/theo-doi", methods=["GET", "POST"])
@session.requires("board")
def show_matrix() -> Any:
    asked, who = _asked(request.args), calling_staff()
    form = Form(ComplaintNosSchema, _MARK, name="da-xem")
    if form.is_valid() and (done := form.once(lambda db: _take_note(db, form.data["complaint_nos"], asked))):
        return done
    if form.is_sent and not request.form.getlist("complaint_nos"):
        form.errors.clear()
        form.add_error("complaint_nos", translate("Chọn ít nhất một phản ánh."))
    with resources.db.write() as db:
        rows = _matrix(db, who, asked["ban"])
        page = _listed(db, who, asked)
        numbers = [each.complaint_no for each in page["items"]]
        looks.look_at_list(db, "complaints", numbers, because="monitoring")
        provinces = {each.code: each.office for each in responsible.list_all(db, responsible.PROVINCE)}
        calendar = calendar_of(db)
        lines = [(each, presenting.chip_of(each.due_at, each.status, calendar)) for each in page["items"]]
    boards = [("", translate("Mọi ban")), *BOARDS.items()]
    totals = {column: sum(each[column] for each in rows.values()) for column in COLUMNS}
    return form.draw(
        "feedback/complaints/monitoring.html",
        matrix=[(code, provinces.get(code, code), _cells(asked, code, counted)) for code, counted in rows.items()],
        totals=totals,
        all_cells=_cells(asked, "", totals),
        columns={column: str(name) for column, name in COLUMNS.items()},
        lines=lines,
        asked=asked,
        provinces=provinces,
        labels=labels,
        address=lambda **more: _address(asked | {"cursor": None} | more),
        board_tabs=[(name, _address({"ban": code}), code == asked["ban"]) for code, name in boards] if who.is_centre else [],
        next_href=_address(asked | {"cursor": page["next_cursor"]}) if page["next_cursor"] else "",
        board_name=BOARDS.get(who.board_code or "", ""),
    )  # fmt: skip


@monitoring.route("/theo-doi/<no>", methods=["GET", "POST"])
@session.requires("board")
def show_one(no: str) -> Any:
    who = calling_staff()
    urging = Form(RemindSchema, _REMIND, name="don-doc")
    seeing = Form(ComplaintNosSchema, name="da-xem")
    if urging.is_valid() and (done := urging.once(lambda db: _remind(db, no, urging.data["words"]))):
        return done
    if seeing.is_sent and (done := seeing.once(lambda db: _take_note(db, [no], {}, back=f"{_HERE}/{no}"))):
        return done
    with resources.db.write() as db:
        complaint = access.find(db, no)
        access.must_be_watching(complaint, who)
        access.look_at(db, complaint)
        work = views.work(db, complaint, who)
        shown = {
            "complaint": complaint,
            "public": views.public(db, complaint),
            "content": views.content(db, complaint),
            "chip": presenting.chip_of(complaint.due_at, complaint.status, complaint.calendar),
            "clocks": presenting.all_clocks(complaint),
            "timeline": presenting.timeline(work["history"], work["names"]),
            "work": work,
        }
    return urging.draw("feedback/complaints/watched.html", no=no, seeing=seeing, labels=labels, **shown)


def _asked(args: Mapping[str, str]) -> dict[str, Any]:
    try:
        return dict(WatchQuery().load(args))
    except ma.ValidationError:
        return dict(WatchQuery().load({}))


def _matrix(db: Session, who: Actor, board: str) -> dict[str, dict[str, int]]:
    """Count a board's open complaints by province, the one with most late ones first: one query."""

    def how_many(condition: Any) -> Any:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

    query = (
        sa.select(
            Complaint.province_code,
            sa.func.count(),
            how_many(Complaint.due_at <= clock.now()),
            how_many(Complaint.board_seen_at.is_(None)),
            how_many(Complaint.escalation_level >= 3),
        )
        .where(in_list_of(Complaint, who), Complaint.answered_at.is_(None))
        .group_by(Complaint.province_code)
    )
    if board and who.is_centre:
        query = query.where(Complaint.board_code == board)
    counted = {code: dict(zip(COLUMNS, numbers, strict=True)) for code, *numbers in db.execute(query)}
    return dict(sorted(counted.items(), key=lambda each: (-each[1]["tre"], -each[1]["mo"], each[0])))


def _listed(db: Session, who: Actor, asked: dict[str, Any]) -> dict[str, Any]:
    filters: dict[str, Any] = {"state": "open"} | _FILTERS[asked["cot"]]
    if asked["tinh"]:
        filters["province"] = asked["tinh"]
    if asked["ban"] and who.is_centre:
        filters["board"] = asked["ban"]
    query = ListQuery().load({}) | filters | {"limit": labels.ON_A_PAGE, "cursor": asked["cursor"]}
    statement = matching(query).options(_SHOWN).where(in_list_of(Complaint, who))
    by = (Complaint.place, Complaint.due_at, Complaint.complaint_no)
    return paging.fetch(db, statement, by=by, query=query, descending=False)


def _take_note(db: Session, numbers: list[str], asked: dict[str, Any], back: str = "") -> Any:
    who = calling_staff()
    for no in sorted(set(numbers)):
        access.must_be_watching(access.find(db, no), who)
        steps.take_note(db, no, who)
    notice.tell(translate("Đã ghi nhận Ban đã xem %(n)s phản ánh.", n=len(set(numbers))))
    return redirect(back or _address(asked | {"cursor": None}), 303)


def _remind(db: Session, no: str, words: str | None) -> Any:
    complaint, who = access.find(db, no, to_change=True), calling_staff()
    access.must_be_watching(complaint, who)
    complaint.remind(who, board_name=BOARDS.get(who.board_code or "", ""), words=words)
    notice.tell(translate("Đã đôn đốc. Cơ quan chịu trách nhiệm được báo ngay."))
    return redirect(f"{_HERE}/{no}", 303)


def _cells(asked: Mapping[str, Any], province: str, counted: Mapping[str, int]) -> list[tuple[str, int, str]]:
    """Return of each column of a line of the matrix the number and the address of the list behind it."""
    of_province = f"&tinh={province}" if province else ""
    return [(name, n, _address({"cot": name, "ban": asked["ban"]}) + of_province) for name, n in counted.items()]


def _address(asked: Mapping[str, Any]) -> str:
    given = {name: value for name, value in asked.items() if value}
    return f"{_HERE}?{urlencode(given)}" if given else _HERE
