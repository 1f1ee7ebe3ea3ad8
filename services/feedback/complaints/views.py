"""Build the parts of a complaint that each kind of caller may see (F3, F4, F8)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from services.feedback.answers import rules as answers
from services.feedback.categories.boards import BOARDS
from services.feedback.complaints import handling
from services.feedback.complaints.history import steps_of
from services.feedback.complaints.rules import Complaint
from services.feedback.complaints.vocabulary import WAITING
from services.feedback.coordination import rules as coordination
from services.feedback.desk.drafts import drafts_of
from services.feedback.directory.actors import Actor
from services.feedback.directory.names import names_of
from services.feedback.letters import rules as letters
from services.feedback.mailbox.rules import emails_of

_MOMENTS = ("received_at", "acknowledged_at", "routed_at", "answered_at", "reopen_until", "closed_at")
_CONTENT = (
    *("subject_line", "body", "question", "reply", "reopen_reason", "rating", "rating_comment", "linked_to"),
    "attachments",
)
_WORK = (
    *(
        "about",
        "channel",
        "province_code",
        "unit",
        "due_at",
        "escalation_level",
        "reminders",
        "recategorised",
        "reopened_count",
    ),
    *("board_seen_at", "anonymous", "owner_id", "owned_at"),
)


def accountable(complaint: Complaint) -> dict[str, Any]:
    """Return who is accountable (F3): the office and its director's title, or the desk (F9)."""
    found = handling.accountable(complaint)
    title = found.formal_name if found else f"Giám đốc {complaint.office['name']}"
    return {"office": complaint.office, "title": title}


def public(session: Session, complaint: Complaint) -> dict[str, Any]:
    """Return the part that its citizen and every member of staff may see (F8)."""
    return _named(complaint, *_MOMENTS, "complaint_no", "status", "category_code") | {
        "category_name": complaint.header()["category_name"],
        "board": {"code": complaint.board_code, "name": BOARDS[complaint.board_code]},
        "accountable": accountable(complaint),
        "due": {"acknowledge": complaint.acknowledge_due, "route": complaint.routed_due, "answer": complaint.answer_due},
        "late": complaint.is_late,
        "waiting_until": complaint.paused_until if complaint.status == WAITING else None,
        "steps": steps_of(session, complaint.complaint_no),
        "content": None,
        "work": None,
    }


def content(session: Session, complaint: Complaint) -> dict[str, Any]:
    """Return the conversation with the citizen."""
    sent = answers.latest(session, complaint.complaint_no, status=answers.SENT)
    letter = letters.sent_letter(session, complaint.complaint_no) if sent else None
    return _named(complaint, *_CONTENT) | {"answer": sent.text if sent else None, "letter": letter}


def work(session: Session, complaint: Complaint, who: Actor) -> dict[str, Any]:
    """Return the part for staff; the citizen's own data only for the accountable province."""
    accounts = handling.handles(complaint, who)
    only_asked = who.is_office and not accounts
    requests = coordination.requests_of(session, complaint.complaint_no)
    requests = [each for each in requests if not only_asked or each.province_code == who.province_code]
    steps = [] if only_asked else steps_of(session, complaint.complaint_no)
    draft = answers.latest(session, complaint.complaint_no) if accounts else None
    writing = drafts_of(session, complaint.complaint_no) if accounts else []
    mentioned = {complaint.owner_id, *(each.actor for each in steps), *(each.writer for each in writing)}
    mentioned |= {each.asked_by for each in requests} | {said.account_id for each in requests for said in each.messages}
    mentioned |= {draft.drafted_by, draft.decided_by} if draft else set()
    return _named(complaint, *_WORK) | {
        "bhxh_code": complaint.bhxh_code if accounts or only_asked else None,
        "contact": complaint.contact if accounts else None,
        "emails": emails_of(session, complaint.complaint_no) if accounts else [],
        "draft": draft,
        "coordinations": requests,
        "history": steps,
        "writing": writing,
        "names": names_of(session, mentioned),
    }


def _named(complaint: Complaint, *names: str) -> dict[str, Any]:
    return {name: getattr(complaint, name) for name in names}
