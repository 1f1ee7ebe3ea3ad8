"""What boards do: watch their categories nation-wide, late first, and urge (F5); offices list their own province with it (F3)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from marshmallow.validate import Length, OneOf, Range

from services.chassis import clock
from services.chassis.calendar import VIETNAM
from services.chassis.database import ServiceSession
from services.chassis.web import paging
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.resources import resources
from services.feedback import categories
from services.feedback.actors import OFFICE_ROLES, Actor
from services.feedback.api import access, schemas, views
from services.feedback.api.answers import ListedSchema, StandingSchema
from services.feedback.complaint_row import BOARDS, CHANNELS, STATUSES
from services.feedback.model import Complaint

_DAYS = Range(date(2000, 1, 1), date(2999, 12, 31))


def _yes_or_no(description: str) -> ma.fields.Boolean:
    return ma.fields.Boolean(truthy={"true", "1"}, falsy={"false", "0"}, metadata={"description": description})


class ListQuery(paging.PageQuery):
    """Filters; those that are left out let everything through that the caller may see."""

    state = ma.fields.String(
        load_default="open",
        validate=OneOf(("open", "settled")),
        metadata={"description": "open: what is late comes first, then what is due next; settled: newest first"},
    )
    status = ma.fields.String(validate=OneOf(STATUSES))
    category = ma.fields.String(validate=Length(1, 40))
    board = ma.fields.String(validate=OneOf(BOARDS))
    province = ma.fields.String(validate=Length(1, 10))
    channel = ma.fields.String(validate=OneOf(CHANNELS))
    late = _yes_or_no("a step that is open now should have been done")
    level = ma.fields.Integer(validate=Range(0, 3), metadata={"description": "escalated to this level or higher"})
    seen = _yes_or_no("whether its board has taken note")
    from_ = ma.fields.Date(data_key="from", validate=_DAYS, metadata={"description": "received on this day or later"})
    to = ma.fields.Date(validate=_DAYS, metadata={"description": "received on this day or earlier"})


def add_to(complaints: Blueprint) -> None:
    """Add the views."""

    @complaints.route("")
    @problems(400, 401, 403, 422, 503)
    @access.staff(*OFFICE_ROLES, "board")
    @complaints.arguments(ListQuery, location="query")
    @complaints.response(200, paging.page_of(ListedSchema))
    def search(query: dict[str, Any]) -> dict[str, Any]:
        """Complaints, late first: an office's own province; a board's categories nation-wide; all for the IT centre"""
        settled = query["state"] == "settled"
        by = (Complaint.received_at, Complaint.complaint_no) if settled else (Complaint.due_at, Complaint.complaint_no)
        statement = _visible(_found(query), access.actor())
        with resources.db.read() as session:
            page = paging.fetch(session, statement, by=by, query=query, descending=settled)
            return page | {"items": [views.listed(complaint) for complaint in page["items"]]}

    @complaints.route("/<no>/remind", methods=["POST"])
    @problems(400, 401, 403, 404, 409, 415, 422, 503)
    @access.staff("board")
    @complaints.arguments(schemas.RemindSchema)
    @complaints.idempotent
    @complaints.response(200, StandingSchema)
    def remind(data: dict[str, Any], no: str, *, session: ServiceSession) -> dict[str, Any]:
        """Urge the province that accounts for it (đôn đốc, F5); counted"""
        complaint, who = access.find(session, no, to_change=True), access.actor()
        access.watching(complaint, who)
        complaint.remind(who, board_name=categories.BOARDS.get(who.board_code or "", ""), words=data["words"])
        return views.standing(complaint)


def _visible(statement: sa.Select[Any], who: Actor) -> sa.Select[Any]:
    """Other provinces' complaints are invisible to an office, and other boards' to a board."""
    if who.role != "board":
        return statement.where(Complaint.province_code == who.province_code)
    return statement if who.is_centre else statement.where(Complaint.board_code == who.board_code)


def _found(query: dict[str, Any]) -> sa.Select[Any]:
    settled = query["state"] == "settled"
    statement = sa.select(Complaint).where(
        Complaint.answered_at.is_not(None) if settled else Complaint.answered_at.is_(None)
    )
    for name, column in (
        ("status", Complaint.status),
        ("category", Complaint.category_code),
        ("board", Complaint.board_code),
        ("province", Complaint.province_code),
        ("channel", Complaint.channel),
    ):
        if name in query:
            statement = statement.where(column == query[name])
    if "late" in query:
        is_late = sa.and_(Complaint.answered_at.is_(None), Complaint.due_at <= clock.now())
        statement = statement.where(is_late if query["late"] else sa.not_(is_late))
    if "level" in query:
        statement = statement.where(Complaint.escalation_level >= query["level"])
    if "seen" in query:
        statement = statement.where(
            Complaint.board_seen_at.is_not(None) if query["seen"] else Complaint.board_seen_at.is_(None)
        )
    if "from_" in query:
        statement = statement.where(Complaint.received_at >= _begin(query["from_"]))
    if "to" in query:
        statement = statement.where(Complaint.received_at < _begin(query["to"] + timedelta(days=1)))
    return statement


def _begin(day: date) -> datetime:
    """Midnight on Vietnam's clock."""
    return datetime.combine(day, time(), VIETNAM)
