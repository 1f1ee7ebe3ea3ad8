"""Lines of desks, with what a clerk must see at a glance: late, urgent, whose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy.orm import Session, load_only

from services.feedback.answers import deflection
from services.feedback.complaints.handling import handles
from services.feedback.complaints.row import FIRST
from services.feedback.complaints.rules import Complaint
from services.feedback.desk.drafts import Draft, drafts_of
from services.feedback.directory.actors import Actor
from services.feedback.directory.names import names_of

_LISTED = (
    "complaint_no",
    "status",
    "channel",
    "category_code",
    "board_code",
    "province_code",
    "subject_line",
    "received_at",
)
_WORK = ("due_at", "unit", "owner_id", "is_late")
#: of a complaint what its line needs: not its words, nor the histories in JSON
COLUMNS: Final = load_only(
    *(getattr(Complaint, name) for name in _LISTED),
    *(Complaint.due_at, Complaint.unit, Complaint.owner_id, Complaint.answered_at, Complaint.place),
    *(Complaint.about, Complaint.contact),
    raiseload=True,
)


def lines(session: Session, complaints: Sequence[Complaint], who: Actor) -> list[dict[str, Any]]:
    """Return the lines of a desk, with the names of those who have taken them, and of the people for whoever handles them."""
    names = names_of(session, (each.owner_id for each in complaints))
    return [_line(each, names, who) for each in complaints]


def owner(session: Session, complaint: Complaint) -> dict[str, Any]:
    """Return who has taken a complaint."""
    name = names_of(session, [complaint.owner_id]).get(complaint.owner_id or "")
    kept = {each: getattr(complaint, each) for each in ("complaint_no", "owner_id", "owned_at")}
    return kept | {"owner_name": name}


def drafts(session: Session, complaint: Complaint, who: Actor) -> dict[str, Any]:
    """Return what is being written about a complaint: the caller's own text with its warnings, and the others'."""
    found = drafts_of(session, complaint.complaint_no)
    names = names_of(session, (each.writer for each in found))
    own = next((each for each in found if each.writer == who.account_id), None)
    return {
        "own": _draft(own, names) if own else None,
        "others": [_draft(each, names) for each in found if each is not own],
        "warnings": deflection.phrases_in(complaint, own.text) if own and own.text else [],
    }


def _line(complaint: Complaint, names: dict[str, str], who: Actor) -> dict[str, Any]:
    shown = {name: getattr(complaint, name) for name in (*_LISTED, *_WORK)}
    person = complaint.contact if handles(complaint, who) else None
    return shown | {
        "is_urgent": complaint.place == FIRST,
        "owner_name": names.get(complaint.owner_id or ""),
        "full_name": (person or {}).get("full_name"),
    }


def _draft(draft: Draft, names: dict[str, str]) -> dict[str, Any]:
    shown = {name: getattr(draft, name) for name in ("writer", "version", "text", "saved_at")}
    return shown | {"writer_name": names.get(draft.writer)}
