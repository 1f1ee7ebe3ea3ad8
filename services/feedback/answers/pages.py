"""Approve or return drafts in a browser (page 73): the question beside the answer, what is forbidden marked, earlier versions at hand (F3, F4)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from flask import redirect, render_template, request
from sqlalchemy.orm import Session

from services.chassis.calendar import calendar_of
from services.chassis.resources import Resources
from services.chassis.web import looks, paging
from services.chassis.web.pages import notice, session
from services.chassis.web.pages.blueprint import Pages
from services.chassis.web.pages.forms import Field, Form
from services.chassis.web.pages.language import lazy as _
from services.chassis.web.pages.language import translate
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources as here
from services.feedback.answers import rules
from services.feedback.answers.api import APPROVERS
from services.feedback.answers.rules import DRAFT, Answer
from services.feedback.answers.schemas import ApproveSchema, RemarkSchema
from services.feedback.complaints import access, views
from services.feedback.complaints.handling import in_list_of
from services.feedback.complaints.rules import Complaint
from services.feedback.desk import labels, presenting, tabs
from services.feedback.directory.actors import Actor
from services.feedback.directory.callers import calling_staff
from services.feedback.directory.names import names_of
from services.feedback.letters import rules as letters
from services.feedback.settings import Settings

_APPROVE = {
    "insists_because": Field(
        _("Lý do giữ nguyên câu chữ"),
        hint=_("Chỉ Giám đốc. Ban theo dõi thấy lý do này và báo cáo đếm số lần (3717 mục 5a)."),
        kind="textarea",
        rows=3,
    )
}
_RETURN = {
    "remark": Field(_("Ý kiến cho người soạn"), kind="textarea", rows=4, missing=_("Viết điều cần sửa để người soạn biết."))
}
_LIST, _PAGE = "feedback/answers/approvals.html", "feedback/answers/approval.html"


def blueprints(resources: Resources[Settings]) -> tuple[Pages]:
    """Return the pages of approval; the setting `ANSWER_APPROVAL` says whose they are."""
    approvers = APPROVERS[resources.settings.answer_approval]
    pages = Pages("approval_pages", __name__)

    @pages.get("/duyet")
    @session.requires(*approvers)
    def show_waiting() -> str:
        who = _approver()
        query = {"limit": 50, "cursor": request.args.get("cursor") or None}
        statement = sa.select(Complaint).where(in_list_of(Complaint, who), tabs.in_tab(tabs.TO_APPROVE))
        with here.db.write() as db:
            by = (Complaint.place, Complaint.due_at, Complaint.complaint_no)
            page = paging.fetch(db, statement, by=by, query=query, descending=False)
            numbers = [each.complaint_no for each in page["items"]]
            looks.look_at_list(db, "complaints", numbers, because="approval")
            drafts, calendar = rules.waiting_drafts(db, numbers), calendar_of(db)
            names = names_of(db, [each.drafted_by for each in drafts.values()])
            lines = [
                {
                    "row": each,
                    "draft": drafts[each.complaint_no],
                    "chip": presenting.chip_of(each.due_at, each.status, calendar),
                }
                for each in page["items"]
                if each.complaint_no in drafts
            ]
        next_href = f"/feedback/duyet?cursor={page['next_cursor']}" if page["next_cursor"] else ""
        return render_template(_LIST, lines=lines, names=names, next_href=next_href)

    @pages.route("/duyet/<no>", methods=["GET", "POST"])
    @session.requires(*approvers)
    def decide(no: str) -> Any:
        who = _approver()
        approval = Form(_schema(), _APPROVE, name="duyet")
        refusal = Form(RemarkSchema, _RETURN, name="tra-lai")
        if approval.is_valid():
            if _is_newest(no, approval.data["version"]):
                if done := approval.once(lambda db: _approve(db, no, approval.data)):
                    return done
            else:
                approval.add_error(
                    "", translate("Đã có dự thảo mới hơn; lần duyệt này không tính. Hãy đọc bản mới dưới đây.")
                )
        if refusal.is_valid() and (done := refusal.once(lambda db: _return(db, no, refusal.data["remark"]))):
            return done
        with here.db.write() as db:
            shown = _shown(db, no, who)
        failed = next((form for form in (approval, refusal) if form.errors), approval)
        return failed.draw(_PAGE, approval=approval, refusal=refusal, **shown)

    return (pages,)


def _schema() -> ma.Schema:
    return ApproveSchema()


def _approver() -> Actor:
    """Return the calling approver; a board approves nothing unless it is the desk for complaints about directors (F9)."""
    who = calling_staff()
    if not (who.is_office or who.is_desk):
        raise Problem(403)
    return who


def _is_newest(no: str, version: int) -> bool:
    with here.db.read() as db:
        newest = rules.latest(db, no)
        return newest is None or newest.version == version


def _approve(db: Session, no: str, data: dict[str, Any]) -> Any:
    complaint, who = access.find_accountable(db, no)
    rules.approve(complaint, who, version=data["version"], insists_because=data["insists_because"])
    notice.tell(translate("Đã duyệt và gửi trả lời phản ánh %(no)s.", no=no))
    return redirect("/feedback/duyet", 303)


def _return(db: Session, no: str, remark: str) -> Any:
    complaint, who = access.find_accountable(db, no)
    rules.return_to_writer(complaint, who, remark=remark)
    notice.tell(translate("Đã trả lại dự thảo của phản ánh %(no)s cho người soạn.", no=no))
    return redirect("/feedback/duyet", 303)


def _shown(db: Session, no: str, who: Actor) -> dict[str, Any]:
    complaint = access.find(db, no)
    access.must_be_accountable(complaint, who)
    access.look_at(db, complaint)
    versions = rules.versions_of(db, no)
    draft = versions[0] if versions and versions[0].status == DRAFT else None
    work = views.work(db, complaint, who)
    return {
        "no": no,
        "complaint": complaint,
        "content": views.content(db, complaint),
        "public": views.public(db, complaint),
        "chip": presenting.chip_of(complaint.due_at, complaint.status, complaint.calendar),
        "draft": draft,
        "pieces": marked(draft.text, draft.warnings) if draft else [],
        "scan": letters.letter_of(db, no, draft.version) if draft else None,
        "earlier": [each for each in versions if each is not draft],
        "requests": work["coordinations"],
        "names": names_of(db, _accounts(versions)) | work["names"],
        "may_insist": who.role in ("director", "board"),
        "labels": labels,
    }


def _accounts(versions: Sequence[Answer]) -> set[str]:
    return {account for each in versions for account in (each.drafted_by, each.decided_by) if account}


def marked(text: str, phrases: Sequence[str]) -> list[tuple[str, bool]]:
    """Split a text at the phrases that are to be marked: pairs of a piece and whether it is one."""
    if not phrases:
        return [(text, False)]
    wanted = set(phrases)
    at = re.compile("(" + "|".join(re.escape(each) for each in sorted(wanted, key=len, reverse=True)) + ")")
    return [(piece, piece in wanted) for piece in at.split(text) if piece]
