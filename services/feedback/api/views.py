"""What of a complaint is shown, by who asks."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from services.chassis import clock
from services.feedback import categories, responsible
from services.feedback.complaint_row import WAITING
from services.feedback.model import Complaint
from services.feedback.records import Step, steps_of

_MOMENTS = ("received_at", "acknowledged_at", "routed_at", "answered_at", "reopen_until", "closed_at")
#: what anybody may know of a step beside its kind
_PUBLIC_DETAILS = ("step", "level")


def accountable(session: Session, complaint: Complaint) -> dict[str, Any]:
    """Who accounts for it (F3): the office, and its director's title."""
    found = responsible.of_province(session, complaint.province_code)
    return {
        "office": complaint.office,
        "title": found.title if found else f"Giám đốc {complaint.office['name']}",
        "phone": (found.phone or None) if found else None,
    }


def public(session: Session, complaint: Complaint) -> dict[str, Any]:
    """What anybody may see by the number alone (F8)."""
    category = categories.find(session, complaint.category_code)
    shown: dict[str, Any] = {name: getattr(complaint, name) for name in ("complaint_no", "status", "category_code", *_MOMENTS)}
    return shown | {
        "category_name": category.name if category else complaint.category_code,
        "board": {"code": complaint.board_code, "name": categories.BOARDS[complaint.board_code]},
        "accountable": accountable(session, complaint),
        "due": {
            "acknowledge": complaint.acknowledge_due,
            "route": complaint.routed_due,
            "answer": complaint.answer_due,
        },
        "late": is_late(complaint),
        "waiting_until": complaint.paused_until if complaint.status == WAITING else None,
        "steps": [_public_step(step) for step in steps_of(session, complaint.complaint_no)],
    }


def is_late(complaint: Complaint) -> bool:
    """Whether a step that is open now should have been done."""
    return complaint.answered_at is None and complaint.due_at <= clock.now()


def _public_step(step: Step) -> dict[str, Any]:
    details = {name: step.details[name] for name in _PUBLIC_DETAILS if name in step.details}
    return {"at": step.at, "kind": step.kind, "role": step.role, **details}
