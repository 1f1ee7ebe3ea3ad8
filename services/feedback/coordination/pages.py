"""Requests between offices in a browser (page 72): those asked of this province, those it made, and the thread of each (F4)."""

from __future__ import annotations

import uuid
from typing import Any, Final

import sqlalchemy as sa
from flask import redirect, render_template, request
from sqlalchemy.orm import Session

from services.chassis.calendar import calendar_of
from services.chassis.web import looks, paging
from services.chassis.web.pages import notice, session
from services.chassis.web.pages.blueprint import Pages
from services.chassis.web.pages.forms import Field, Form
from services.chassis.web.pages.language import lazy as _
from services.chassis.web.pages.language import translate
from services.chassis.web.resources import resources
from services.feedback.complaints import handling
from services.feedback.complaints.schemas import WordsSchema
from services.feedback.coordination import rules, steps
from services.feedback.coordination.rules import ASKED, STATUSES, Coordination
from services.feedback.desk import labels, presenting
from services.feedback.directory.actors import OFFICE_ROLES
from services.feedback.directory.callers import calling_staff
from services.feedback.directory.names import names_of

coordination = Pages("coordination_pages", __name__)
blueprints = (coordination,)

SIDES: Final = {"asked": _("Được hỏi"), "asking": _("Đã hỏi")}
_ANSWER = {"words": Field(_("Trả lời cơ quan hỏi"), kind="textarea", rows=8, missing=_("Viết câu trả lời."))}
_MESSAGE = {"words": Field(_("Nhắn thêm"), kind="textarea", rows=4, missing=_("Viết điều muốn nhắn."))}


@coordination.get("/phoi-hop")
@session.requires(*OFFICE_ROLES)
def show_requests() -> str:
    side = request.args.get("ben", "asked")
    side = side if side in SIDES else "asked"
    status = request.args.get("tinh-trang", ASKED)
    status = status if status in STATUSES else ASKED
    query = {"limit": 50, "cursor": request.args.get("cursor") or None, "side": side, "status": status}
    who = calling_staff()
    with resources.db.write() as db:
        statement = rules.requests_in_list(who, side=side, status=status)
        page = paging.fetch(db, statement, by=(Coordination.due_at, Coordination.id), query=query, descending=False)
        looks.look_at_list(db, "coordinations", [each.complaint_no for each in page["items"]], because="coordination")
        calendar = calendar_of(db)
        lines = [(each, presenting.due_chip(each.due_at, calendar)) for each in page["items"]]
        owed = db.scalar(
            sa.select(sa.func.count()).select_from(rules.requests_in_list(who, side="asked", status=ASKED).subquery())
        )
    here = f"/feedback/phoi-hop?ben={side}&tinh-trang={status}"
    return render_template(
        "feedback/coordination/requests.html",
        lines=lines,
        side=side,
        status=status,
        labels=labels,
        tabs=[(SIDES[each], f"/feedback/phoi-hop?ben={each}", each == side, owed if each == "asked" else None) for each in SIDES],
        statuses=[(labels.REQUEST[each], f"/feedback/phoi-hop?ben={side}&tinh-trang={each}", each == status) for each in STATUSES],
        next_href=f"{here}&cursor={page['next_cursor']}" if page["next_cursor"] else "",
    )  # fmt: skip


@coordination.route("/phoi-hop/<uuid:coordination_id>", methods=["GET", "POST"])
@session.requires(*OFFICE_ROLES)
def show_request(coordination_id: uuid.UUID) -> Any:
    answer = Form(WordsSchema, _ANSWER, name="tra-loi")
    message = Form(WordsSchema, _MESSAGE, name="nhan")
    for form, what in ((answer, steps.answer), (message, steps.add_message)):
        if form.is_valid() and (done := form.once(_taking(what, coordination_id, form.data["words"], form.name))):
            return done
    withdrawal = Form(WordsSchema, name="rut")
    if withdrawal.is_sent and (done := withdrawal.once(_withdrawing(coordination_id))):
        return done
    with resources.db.write() as db:
        found, complaint = steps.opened(db, coordination_id)
        who = calling_staff()
        names = names_of(db, {found.asked_by, *(said.account_id for said in found.messages)})
        shown = {
            "request_": found,
            "messages": list(found.messages),
            "chip": presenting.due_chip(found.due_at, calendar_of(db)),
            "complaint": complaint,
            "is_asked": who.province_code == found.province_code,
            "handles": handling.handles(complaint, who),
        }
    failed = next((form for form in (answer, message, withdrawal) if form.errors), answer)
    return failed.draw(
        "feedback/coordination/request.html", answer=answer, message=message, names=names, labels=labels, **shown
    )


def _taking(what: Any, coordination_id: uuid.UUID, words: str, name: str) -> Any:
    def work(db: Session) -> Any:
        what(db, coordination_id, words)
        notice.tell(translate("Đã trả lời cơ quan hỏi.") if name == "tra-loi" else translate("Đã gửi lời nhắn."))
        return redirect(f"/feedback/phoi-hop/{coordination_id}", 303)

    return work


def _withdrawing(coordination_id: uuid.UUID) -> Any:
    def work(db: Session) -> Any:
        steps.withdraw(db, coordination_id)
        notice.tell(translate("Đã rút yêu cầu phối hợp."))
        return redirect(f"/feedback/phoi-hop/{coordination_id}", 303)

    return work
