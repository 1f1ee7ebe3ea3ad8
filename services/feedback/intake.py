"""From a checked request to a complaint: which office receives it, which board watches, which clocks run, what it is like (F1-F3, F7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.web.problem import Problem, field_error
from services.feedback import categories, offices, similar, tracking, working_days
from services.feedback.actors import Actor
from services.feedback.complaint_row import RECEIVED
from services.feedback.model import Complaint
from services.feedback.records import PersonKey
from services.feedback.settings import Settings


def new(
    session: Session, data: dict[str, Any], *, no: str, code: str, by: Actor, account_id: str | None, settings: Settings,
    sealed_tracking: str | None = None,
) -> Complaint:  # fmt: skip
    """Take a complaint in.

    :param account_id: the citizen's account; None for one filed without, or by staff for somebody.
    :raises Problem: 422 for an office or category that there is not.
    """
    category = categories.find(session, data["category_code"] or settings.unsorted_category)
    office = offices.find(session, data["office_code"])
    wrong = []
    if category is None:
        wrong.append(
            field_error("category_code", vi="Không có loại phản ánh này.", en="There is no such category of complaints.")
        )
    if office is None:
        wrong.append(
            field_error("office_code", vi="Không có cơ quan BHXH nào mang mã này.", en="There is no office of this code.")
        )
    if category is None or office is None:
        raise Problem(422, errors=wrong)
    now, terms = clock.now(), settings.terms.of_category(category)
    calendar = working_days.calendar(session)
    contact = None if data["anonymous"] else data["contact"]
    bhxh_code = None if data["anonymous"] else data["bhxh_code"]
    known = None if data["anonymous"] else account_id
    keys = similar.keys_of(account_id=known, contact=contact, bhxh_code=bhxh_code)
    text = f"{data['subject_line']}\n{data['body']}"
    complaint = Complaint(
        complaint_no=no,
        revision=0,
        status=RECEIVED,
        tracking_hash=tracking.digest(code),
        channel=data["channel"],
        province_code=office.province_code,
        office=office.as_dict(),
        category_code=category.code,
        board_code=category.board,
        terms=terms.as_dict(),
        anonymous=data["anonymous"],
        account_id=known,
        contact=contact,
        bhxh_code=bhxh_code,
        subject_line=data["subject_line"],
        body=data["body"],
        attachments=[],
        linked_to=similar.earlier(session, keys, text, since=now - timedelta(days=settings.similar_days)),
        received_at=now,
        acknowledge_due=calendar.deadline(now, terms.acknowledge_days),
        routed_due=calendar.deadline(now, terms.route_days),
        answer_due=calendar.deadline(now, terms.answer_days),
        due_at=calendar.deadline(now, terms.acknowledge_days),
        paused_once=False,
        escalation_level=0,
        overdue_steps={},
        warned_steps=[],
        reminders=0,
        recategorised=0,
        reopened_count=0,
    )
    session.add(complaint)
    session.add_all(PersonKey(complaint_no=no, key=key) for key in keys)
    session.flush()
    complaint.receive(by, sealed_tracking=sealed_tracking)
    return complaint
