"""What of a complaint is shown, by who asks (F3, F4, F8)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from services.chassis import clock
from services.feedback import addressees, categories, coordination, responsible
from services.feedback.actors import OFFICE_ROLES, Actor
from services.feedback.complaint_row import WAITING
from services.feedback.elsewhere import sends_elsewhere
from services.feedback.model import Complaint
from services.feedback.records import Step, latest_answer, sent_answer, steps_of

_MOMENTS = ("received_at", "acknowledged_at", "routed_at", "answered_at", "reopen_until", "closed_at")
#: what anybody may know of a step beside its kind
_PUBLIC_DETAILS = ("step", "level")
_CONTENT = ("subject_line", "body", "question", "reply", "reopen_reason", "rating", "rating_comment", "linked_to")
_WORK = (
    *("channel", "province_code", "unit", "due_at", "escalation_level", "reminders", "recategorised", "reopened_count"),
    *("board_seen_at", "anonymous"),
)
_LISTED = (
    *("complaint_no", "status", "channel", "category_code", "board_code", "province_code", "subject_line", "received_at"),
    *("due_at", "answer_due", "answered_at", "escalation_level", "reminders", "reopened_count", "rating", "linked_to"),
)
_STANDING = ("complaint_no", "status", "category_code", "board_code", "province_code", "due_at", "answer_due")


def accountable(session: Session, complaint: Complaint) -> dict[str, Any]:
    """Who accounts for it (F3): the office, and its director's title."""
    found = responsible.of_province(session, complaint.province_code)
    return {
        "office": complaint.office,
        "title": addressees.named(found) if found else f"Giám đốc {complaint.office['name']}",
    }


def public(session: Session, complaint: Complaint) -> dict[str, Any]:
    """What anybody may see by the number alone (F8)."""
    category = categories.find(session, complaint.category_code, closed=True)
    shown: dict[str, Any] = {
        name: getattr(complaint, name) for name in ("complaint_no", "status", "category_code", *_MOMENTS)
    }
    return shown | {
        "category_name": category.name if category else complaint.category_code,
        "board": {"code": complaint.board_code, "name": categories.BOARDS[complaint.board_code]},
        "accountable": accountable(session, complaint),
        "due": {"acknowledge": complaint.acknowledge_due, "route": complaint.routed_due, "answer": complaint.answer_due},
        "late": is_late(complaint),
        "waiting_until": complaint.paused_until if complaint.status == WAITING else None,
        "steps": [_public_step(step) for step in steps_of(session, complaint.complaint_no)],
        "content": None,
        "work": None,
    }


def content(session: Session, complaint: Complaint) -> dict[str, Any]:
    """What the citizen said, and was told."""
    sent = sent_answer(session, complaint.complaint_no)
    shown = {name: getattr(complaint, name) for name in _CONTENT}
    return shown | {"answer": sent.text if sent else None, "attachments": complaint.attachments}


def work(session: Session, complaint: Complaint, who: Actor) -> dict[str, Any]:
    """What staff who may see it need; the citizen's own data for the accountable province only."""
    office = who.role in OFFICE_ROLES
    theirs = office and who.province_code == complaint.province_code
    asked = coordination.of_complaint(session, complaint.complaint_no)
    if office and not theirs:
        asked = [each for each in asked if each.province_code == who.province_code]
    draft = latest_answer(session, complaint.complaint_no) if theirs else None
    shown = {name: getattr(complaint, name) for name in _WORK}
    return shown | {
        "bhxh_code": complaint.bhxh_code if office else None,
        "contact": complaint.contact if theirs else None,
        "draft": as_draft(draft) if draft else None,
        "coordinations": [as_coordination(session, each) for each in asked],
        "history": [] if office and not theirs else steps_of(session, complaint.complaint_no),
    }


def as_draft(answer: Any) -> dict[str, Any]:
    """A version of the answer, with what its reader should look at (F4)."""
    shown = {name: getattr(answer, name) for name in ("version", "status", "text", "drafted_at", "drafted_by", "remark")}
    return shown | {"warnings": sends_elsewhere(answer.text)}


def as_coordination(session: Session, request: coordination.Coordination) -> dict[str, Any]:
    """A request to another office, with its thread (F4)."""
    shown = {
        name: getattr(request, name)
        for name in ("complaint_no", "status", "office", "question", "asked_at", "due_at", "answered_at")
    }
    return shown | {
        "coordination_id": str(request.id),
        "late": request.status == coordination.ASKED and request.due_at <= clock.now(),
        "messages": coordination.thread(session, request.id),
    }


def listed(complaint: Complaint) -> dict[str, Any]:
    """A line of a list."""
    shown = {name: getattr(complaint, name) for name in _LISTED}
    return shown | {"late": is_late(complaint), "seen_by_board": complaint.board_seen_at is not None}


def standing(complaint: Complaint) -> dict[str, Any]:
    """Where it stands now."""
    return {name: getattr(complaint, name) for name in _STANDING}


def is_late(complaint: Complaint) -> bool:
    """Whether a step that is open now should have been done."""
    return complaint.answered_at is None and complaint.due_at <= clock.now()


def _public_step(step: Step) -> dict[str, Any]:
    details = {name: step.details[name] for name in _PUBLIC_DETAILS if name in step.details}
    return {"at": step.at, "kind": step.kind, "role": step.role, **details}
