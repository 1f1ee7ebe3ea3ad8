"""File a complaint: find its office and board, start its clocks, link near-duplicates (F1-F3, F7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.chassis import clock, tracking
from services.chassis.calendar import calendar_of
from services.chassis.web.problem import Problem, field_error
from services.feedback.categories import tree
from services.feedback.complaints import similar
from services.feedback.complaints.row import AS_DUE, FIRST
from services.feedback.complaints.rules import Complaint
from services.feedback.complaints.vocabulary import ACKNOWLEDGE, ANSWER, ROUTE
from services.feedback.directory import offices
from services.feedback.directory.actors import Actor
from services.feedback.finding.rules import make_searchable
from services.feedback.settings import Settings


def new_code() -> str:
    """Generate a tracking code, short enough to read out over the phone (F1): 16 letters in groups of four."""
    return tracking.new_code(length=16, group=4)


def file(
    session: Session, data: dict[str, Any], *, no: str, code: str, by: Actor, account_id: str | None, settings: Settings,
    sealed_tracking: str | None = None,
) -> Complaint:  # fmt: skip
    """Create a complaint.

    :param data: as `ComplaintSchema` loads it.
    :param code: its tracking code; only a hash is stored.
    :param account_id: the citizen's account; None if filed without one, or by staff for somebody.
    :raises Problem: 422 for an unknown office or category.
    """
    category = tree.find(session, data["category_code"] or settings.unsorted_category)
    office = offices.find(session, data["office_code"])
    if category is None or office is None:
        unknown = {"category_code": category is None, "office_code": office is None}
        raise Problem(422, errors=[_UNKNOWN[name] for name, missing in unknown.items() if missing])
    if data["anonymous"]:  # no personal data are stored, not even the account that filed it
        account_id = None
        data = data | {"contact": None, "bhxh_code": None}
    now, terms, calendar = clock.now(), settings.terms.of_category(category), calendar_of(session)
    if category.code == settings.urgent_category:
        terms = terms.in_hours(settings.urgent_hours)
    keys = similar.person_keys(account_id=account_id, contact=data["contact"], bhxh_code=data["bhxh_code"])
    text = f"{data['subject_line']}\n{data['body']}"
    given = {name: data[name] for name in ("channel", "about", "anonymous", "contact", "bhxh_code", "subject_line", "body")}
    complaint = Complaint(
        **given,
        complaint_no=no,
        tracking_hash=tracking.digest(code),
        province_code=office.province_code,
        office=office.as_dict(),
        category_code=category.code,
        board_code=category.board,
        terms=terms.to_json(),
        account_id=account_id,
        linked_to=similar.find_earlier(session, keys, text, since=now - timedelta(days=settings.similar_days)),
        received_at=now,
        place=FIRST if terms.urgent else AS_DUE,
        acknowledge_due=terms.deadline(calendar, now, ACKNOWLEDGE),
        routed_due=terms.deadline(calendar, now, ROUTE),
        answer_due=terms.deadline(calendar, now, ANSWER),
        due_at=terms.deadline(calendar, now, ACKNOWLEDGE),
    )
    session.add(complaint)
    session.add_all(similar.PersonKey(complaint_no=no, key=key) for key in keys)
    session.flush()  # fills in the columns' defaults
    complaint.receive(by, sealed_tracking=sealed_tracking)
    make_searchable(session, complaint)
    return complaint


_UNKNOWN = {
    "category_code": field_error("category_code", vi="Không có loại phản ánh này.", en="No category has this code."),
    "office_code": field_error("office_code", vi="Không có cơ quan BHXH nào mang mã này.", en="No office has this code."),
}
