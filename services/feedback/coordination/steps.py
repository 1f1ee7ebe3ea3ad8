"""What the two offices of a request do, as the API and the pages both do it: who may, what is checked, then the rule (F4)."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from services.chassis.web import looks
from services.chassis.web.problem import Problem, field_error
from services.feedback.complaints import access
from services.feedback.complaints.rules import Complaint
from services.feedback.coordination import rules
from services.feedback.coordination.rules import Coordination
from services.feedback.directory import offices
from services.feedback.directory.actors import Actor
from services.feedback.directory.callers import calling_staff


def request(session: Session, no: str, data: dict[str, Any]) -> Coordination:
    """Ask another office for help; the complaint stays.

    :raises Problem: 422 for an office that may not be asked.
    """
    complaint, who = access.find_accountable(session, no)
    office = offices.find(session, data["office_code"])
    if office is None or office.code == complaint.office["code"]:
        wrong = field_error(
            "office_code",
            vi="Không có cơ quan BHXH này, hoặc đó chính là cơ quan đang chịu trách nhiệm.",
            en="Unknown office, or the accountable office itself.",
        )
        raise Problem(422, errors=[wrong])
    if complaint.about is not None and office.province_code == complaint.province_code:
        concerned = field_error(
            "office_code",
            vi="Phản ánh về cán bộ hoặc cơ quan của tỉnh này: chỉ đề nghị tỉnh khác phối hợp.",
            en="The complaint is about staff of this province: ask an office of another one.",
        )
        raise Problem(422, errors=[concerned])
    return rules.request(complaint, who, office.as_dict(), data["question"])


def opened(session: Session, coordination_id: uuid.UUID) -> tuple[Coordination, Complaint]:
    """Return a request and its complaint, to either side, and record the look."""
    found, complaint = _found(session, coordination_id)
    _must_take_part(found, complaint, calling_staff())
    looks.look(session, "coordination", complaint.complaint_no, because="coordination", request=str(found.id))
    return found, complaint


def add_message(session: Session, coordination_id: uuid.UUID, words: str) -> Coordination:
    """Add a message to the thread, from either side."""
    found, complaint = _found(session, coordination_id, to_change=True)
    who = calling_staff()
    _must_take_part(found, complaint, who)
    found.add_message(who, words)
    return found


def answer(session: Session, coordination_id: uuid.UUID, words: str) -> Coordination:
    """Answer as the asked province.

    :raises Problem: 403 for another one.
    """
    found, complaint = _found(session, coordination_id, to_change=True)
    who = calling_staff()
    if who.province_code != found.province_code:
        raise Problem(
            403, "not-asked", vi="Yêu cầu này hỏi cơ quan khác.", en="This request is addressed to another office."
        )
    _must_take_part(found, complaint, who)
    found.answer(complaint, who, words)
    return found


def withdraw(session: Session, coordination_id: uuid.UUID) -> Coordination:
    """Withdraw the request, as the accountable province."""
    found, complaint = _found(session, coordination_id, to_change=True)
    who = calling_staff()
    access.must_be_accountable(complaint, who)
    found.withdraw(complaint, who)
    return found


def _found(session: Session, coordination_id: uuid.UUID, *, to_change: bool = False) -> tuple[Coordination, Complaint]:
    """Return the request and its complaint, locked in the same order as the sweep locks them."""
    request = Coordination.locked(session, coordination_id) if to_change else session.get(Coordination, coordination_id)
    if request is None:
        raise Problem(404)
    return request, access.find(session, request.complaint_no, to_change=to_change)


def _must_take_part(request: Coordination, complaint: Complaint, who: Actor) -> None:
    """Check that the caller belongs to one of the two provinces.

    :raises Problem: 403 for a third one.
    """
    if who.province_code == complaint.province_code:
        access.must_be_accountable(complaint, who)
    elif who.province_code != request.province_code:
        raise Problem(
            403,
            "not-your-province",
            vi="Yêu cầu phối hợp này của hai cơ quan khác.",
            en="This co-ordination request is between two other offices.",
        )
