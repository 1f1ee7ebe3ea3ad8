"""Filter lists of complaints."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from marshmallow.validate import Length, OneOf, Range

from services.chassis import clock
from services.chassis.calendar import VIETNAM
from services.chassis.text.folding import plain_code
from services.chassis.web import paging
from services.chassis.web.typed import Day, ProvinceCode, Typed
from services.feedback.categories.boards import BOARDS
from services.feedback.complaints.rules import Complaint
from services.feedback.complaints.vocabulary import CHANNELS, STATUSES


def _yes_or_no(description: str) -> ma.fields.Boolean:
    return ma.fields.Boolean(truthy={"true", "1"}, falsy={"false", "0"}, metadata={"description": description})


class ListQuery(paging.PageQuery):
    """Filters; without a filter everything is listed that the caller may see."""

    state = ma.fields.String(
        load_default="open",
        validate=OneOf(("open", "settled")),
        metadata={"description": "open: late ones first, then by due date; settled: newest first"},
    )
    status = ma.fields.String(validate=OneOf(STATUSES))
    category = Typed(plain_code, validate=Length(1, 40))
    board = ma.fields.String(validate=OneOf(tuple(BOARDS)))
    province = ProvinceCode()
    channel = ma.fields.String(validate=OneOf(CHANNELS))
    late = _yes_or_no("whether an open step is overdue")
    level = ma.fields.Integer(validate=Range(0, 3), metadata={"description": "escalated to at least this level"})
    seen = _yes_or_no("whether its board has taken note")
    from_ = Day(data_key="from", metadata={"description": "received on this day or later"})
    to = Day(metadata={"description": "received on this day or earlier"})


def matching(query: dict[str, Any]) -> sa.Select[Any]:
    """Select the complaints that match the filters of a `ListQuery`."""
    late = sa.and_(Complaint.answered_at.is_(None), Complaint.due_at <= clock.now())
    conditions: dict[str, Callable[[Any], sa.ColumnElement[bool]]] = {
        "status": lambda value: Complaint.status == value,
        "category": lambda value: Complaint.category_code == value,
        "board": lambda value: Complaint.board_code == value,
        "province": lambda value: Complaint.province_code == value,
        "channel": lambda value: Complaint.channel == value,
        "late": lambda yes: late if yes else sa.not_(late),
        "level": lambda level: Complaint.escalation_level >= level,
        "seen": lambda yes: Complaint.board_seen_at.is_not(None) if yes else Complaint.board_seen_at.is_(None),
        "from_": lambda day: Complaint.received_at >= _midnight(day),
        "to": lambda day: Complaint.received_at < _midnight(day + timedelta(days=1)),
    }
    settled = query["state"] == "settled"
    statement = sa.select(Complaint).where(
        Complaint.answered_at.is_not(None) if settled else Complaint.answered_at.is_(None)
    )
    return statement.where(*(condition(query[name]) for name, condition in conditions.items() if name in query))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)
