"""`/desk`: the work of a desk by tabs, search, people turned away now; taking a complaint; texts being written (G5)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.chassis.database import ServiceSession
from services.chassis.web import looks, paging
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources
from services.feedback.complaints import access
from services.feedback.complaints.handling import in_list_of
from services.feedback.complaints.rules import Complaint
from services.feedback.desk import drafts, owners, schemas, tabs, views
from services.feedback.directory import duty, names
from services.feedback.directory.actors import OFFICE_ROLES, WORKING_ROLES, Actor
from services.feedback.directory.callers import calling_staff, staff_only
from services.feedback.finding import rules as finding

_PROBLEMS = (400, 401, 403, 404, 409, 415, 422, 503)

desk = Blueprint("desk", __name__, url_prefix="/desk", description="The work of a desk")
work = Blueprint(
    "work", __name__, url_prefix="/complaints", description="Who works on a complaint, and what they are writing"
)
blueprints = (desk, work)


@desk.route("")
@problems(400, 401, 403, 422, 503)
@staff_only(*WORKING_ROLES)
@desk.recorded
@desk.arguments(schemas.TabQuery, location="query")
@desk.response(200, paging.page_of(schemas.OnDeskSchema))
def show_tab(query: dict[str, Any]) -> dict[str, Any]:
    """List a tab of the desk: people turned away now first (F10), then late ones, then by due date; answered ones newest first"""
    with resources.db.write() as session:
        return page_of_tab(session, query, calling_staff())


@desk.route("/counts")
@problems(401, 403, 503)
@staff_only(*WORKING_ROLES)
@desk.response(200, schemas.CountsSchema)
def count_tabs() -> dict[str, Any]:
    """Count the complaints of each tab: all, late, and one's own"""
    with resources.db.read() as session:
        return {"tabs": tabs.counts(session, calling_staff())}


@desk.route("/search", methods=["POST"])
@problems(400, 401, 403, 415, 422, 503)
@staff_only(*WORKING_ROLES)
@desk.recorded
@desk.arguments(schemas.SearchSchema)
@desk.response(200, schemas.HitsSchema)
def search(data: dict[str, Any]) -> dict[str, Any]:
    """Find complaints of one's own list by number, person or words; a POST, so that nothing personal stands in an address

    A board finds what it watches by number and words, never by the person (F3, F9).
    """
    with resources.db.write() as session:
        return hits_of(session, data["query"], calling_staff())


@desk.route("/duty")
@problems(401, 403, 503)
@staff_only(*OFFICE_ROLES)
@desk.recorded
@desk.response(200, schemas.DutySchema)
def show_duty() -> dict[str, Any]:
    """Show who is on duty in the caller's province, and the open complaints of people turned away now (F10)"""
    who = calling_staff()
    with resources.db.write() as session:
        urgent = tabs.cannot_wait(session, who)
        looks.look_at_list(session, "complaints", [each.complaint_no for each in urgent], because="work_list")
        on_duty = duty.of_province(session, who.province_code or "")
        return {"on_duty": on_duty, "complaints": views.lines(session, urgent, who)}


@work.route("/<no>/take", methods=["POST"])
@problems(*_PROBLEMS)
@staff_only(*WORKING_ROLES)
@work.arguments(schemas.TakeSchema)
@work.idempotent
@work.response(200, schemas.OwnerSchema)
def take(data: dict[str, Any], no: str, *, session: ServiceSession) -> dict[str, Any]:
    """Take the complaint as one's own work; who has it already is named (409 `taken-by-other`)"""
    complaint, who = access.find_accountable(session, no)
    owners.take(complaint, who, instead=data["instead"])
    return views.owner(session, complaint)


@work.route("/<no>/give-back", methods=["POST"])
@problems(*_PROBLEMS)
@staff_only(*WORKING_ROLES)
@work.idempotent
@work.response(200, schemas.OwnerSchema)
def give_back(no: str, *, session: ServiceSession) -> dict[str, Any]:
    """Give the complaint back to the desk; a director, for anybody"""
    complaint, who = access.find_accountable(session, no)
    owners.give_back(complaint, who)
    return views.owner(session, complaint)


@work.route("/<no>/draft")
@problems(401, 403, 404, 503)
@staff_only(*WORKING_ROLES)
@work.recorded
@work.response(200, schemas.DraftsSchema)
def show_drafts(no: str) -> dict[str, Any]:
    """Show what the caller and others are writing about the complaint"""
    with resources.db.write() as session:
        complaint, who = access.find(session, no), calling_staff()
        access.must_be_accountable(complaint, who)
        access.look_at(session, complaint, "draft")
        return views.drafts(session, complaint, who)


@work.route("/<no>/draft", methods=["PUT"])
@problems(*_PROBLEMS)
@staff_only(*WORKING_ROLES)
@work.arguments(schemas.SaveDraftSchema)
@work.response(200, schemas.SavedDraftSchema)
def save_draft(data: dict[str, Any], no: str) -> dict[str, Any]:
    """Save what the caller is writing, every few seconds; a newer version from another window is kept (409 `draft-changed`)"""
    with resources.db.write() as session:
        complaint, who = access.find_accountable(session, no)
        names.remember(session, who)
        drafts.save(session, no, who, data["text"], seen=data["version"])
        shown = views.drafts(session, complaint, who)
        return dict(shown["own"]) | {"others": shown["others"], "warnings": shown["warnings"]}


def page_of_tab(session: ServiceSession, query: dict[str, Any], who: Actor) -> dict[str, Any]:
    """Return a page of a tab as `show_tab` does, and record the look."""
    answered = query["tab"] == tabs.DONE
    statement = sa.select(Complaint).options(views.COLUMNS).where(in_list_of(Complaint, who), tabs.in_tab(query["tab"]))
    if query["mine"]:
        statement = statement.where(Complaint.owner_id == who.account_id)
    if query["late"]:
        statement = statement.where(tabs.late())
    columns = {"category": Complaint.category_code, "channel": Complaint.channel, "unit": Complaint.unit}
    statement = statement.where(*(column == query[name] for name, column in columns.items() if name in query))
    by = (Complaint.received_at,) if answered else (Complaint.place, Complaint.due_at)
    page = paging.fetch(session, statement, by=(*by, Complaint.complaint_no), query=query, descending=answered)
    because = "work_list" if who.is_office else "monitoring"
    looks.look_at_list(session, "complaints", [each.complaint_no for each in page["items"]], because=because)
    return page | {"items": views.lines(session, page["items"], who)}


def hits_of(session: ServiceSession, query: str, who: Actor, most: int = finding.MOST) -> dict[str, Any]:
    """Return what a query finds, as `search` does, at most `most` of it, and record the look."""
    if finding.names_person(query) and not finding.may_search_people(who):
        raise Problem(
            403,
            "not-by-person",
            vi="Ban theo dõi tìm theo mã phản ánh hoặc nội dung; chỉ nơi chịu trách nhiệm tìm theo người gửi.",
            en="A board finds complaints by number or words; only those accountable find them by the person.",
        )
    found = finding.search(session, query, who, views.COLUMNS)
    shown = found[:most]
    looks.look_at_list(session, "complaints", [each.complaint_no for each in shown], because="search")
    return {"items": views.lines(session, shown, who), "more": len(found) > most}
