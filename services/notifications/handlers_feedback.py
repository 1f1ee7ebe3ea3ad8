"""One function per fact of feedback (N8; 3717 §5): whoever filed is told, and those of the staff whom the fact names.

Staff get the number, the office, the board and the clock, and nothing of what the person wrote: a mailbox is no place for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.notifications import readers_feedback as readers
from services.notifications.compose import Sealed, compose

_FIRST_LEVEL = 1


#: told to whoever filed, and told to staff
_Filed = (
    readers.ComplaintReceived
    | readers.QuestionAsked
    | readers.ComplaintAnswered
    | readers.ComplaintOverdue
    | readers.ComplaintReopened
)
_Watched = (
    readers.ComplaintReceived
    | readers.ComplaintRecategorised
    | readers.CoordinationRequested
    | readers.CoordinationAnswered
    | readers.ComplaintAnswered
    | readers.ComplaintDueSoon
    | readers.ComplaintOverdue
    | readers.ComplaintReminded
    | readers.ComplaintReopened
)


def complaint_received(session: Session, fact: readers.ComplaintReceived) -> None:
    """The number, the tracking code and who answers by when (F8, F4); the director and the board hear of it (F3, F5)."""
    box = fact.sealed_tracking
    _tell_filer(
        session,
        fact,
        "complaint_received",
        {
            "received_at": fact.received_at.isoformat(),
            "answer_due": fact.answer_due.isoformat(),
            # in the box if there is one; opened in the job only
            "tracking_code": None,
        },
        sealed=Sealed(box, f"tracking:{fact.complaint_no}") if box else None,
    )
    due = {"acknowledge_due": fact.acknowledge_due.isoformat(), "answer_due": fact.answer_due.isoformat()}
    _tell_staff(session, fact, "staff_complaint_received", due)


def complaint_recategorised(session: Session, fact: readers.ComplaintRecategorised) -> None:
    """The board that watches it from now on (F2)."""
    _tell_staff(session, fact, "staff_complaint_recategorised", {"answer_due": fact.answer_due.isoformat()})


def question_asked(session: Session, fact: readers.QuestionAsked) -> None:
    """The clock stands still until the person has answered, or the days for it are over (F7)."""
    values = {"question": fact.question, "wait_until": fact.answer_until.isoformat()}
    _tell_filer(session, fact, "complaint_question", values)


def coordination_requested(session: Session, fact: readers.CoordinationRequested) -> None:
    """Another office is asked for help; accountability stays where it is (F4)."""
    _tell_staff(session, fact, "staff_coordination_requested", {"due_at": fact.due_at.isoformat()})


def coordination_answered(session: Session, fact: readers.CoordinationAnswered) -> None:
    """The help has come (F4)."""
    values = {"answered_by": fact.asked_office["name"], "answered_at": fact.answered_at.isoformat()}
    _tell_staff(session, fact, "staff_coordination_answered", values)


def complaint_answered(session: Session, fact: readers.ComplaintAnswered) -> None:
    """The answer itself, and until when it may be reopened (F8); the board hears that there is one (F5)."""
    reopen_until = fact.reopen_until.isoformat()
    _tell_filer(session, fact, "complaint_answered", {"answer": fact.answer, "reopen_until": reopen_until})
    values = {"answered_at": fact.answered_at.isoformat(), "reopen_until": reopen_until}
    _tell_staff(session, fact, "staff_complaint_answered", values)


def complaint_due_soon(session: Session, fact: readers.ComplaintDueSoon) -> None:
    """A clock is about to run out (F7)."""
    _tell_staff(session, fact, "staff_complaint_due_soon", {"step": fact.step, "due_at": fact.due_at.isoformat()})


def complaint_overdue(session: Session, fact: readers.ComplaintOverdue) -> None:
    """A clock ran out (F7): the director hears, then the board, then the IT centre. The person hears once, and only of a late
    answer: the steps before it are our own affair.
    """
    if (fact.step, fact.level) == ("answer", _FIRST_LEVEL):
        _tell_filer(session, fact, "complaint_late", {"due_at": fact.due_at.isoformat()})
    values = {"step": fact.step, "due_at": fact.due_at.isoformat(), "level": fact.level}
    _tell_staff(session, fact, "staff_complaint_overdue", values)


def complaint_reminded(session: Session, fact: readers.ComplaintReminded) -> None:
    """The board urges the accountable director (F5)."""
    values = {"reminded_by": fact.by_board["name"], "words": fact.words, "reminded_at": fact.reminded_at.isoformat()}
    _tell_staff(session, fact, "staff_complaint_reminded", values)


def complaint_reopened(session: Session, fact: readers.ComplaintReopened) -> None:
    """The person did not agree with the answer: the same office answers again (F8, F4)."""
    values = {"answer_due": fact.answer_due.isoformat()}
    _tell_filer(session, fact, "complaint_reopened", values)
    _tell_staff(session, fact, "staff_complaint_reopened", values)


def report_made(session: Session, fact: readers.ReportMade) -> None:
    """The leadership hears that the report of a week or month is there, with its totals (F6)."""
    for one in fact.staff:
        compose(
            session,
            fact,
            "staff_report_made",
            ref=fact.report_name,
            contact={"email": one["email"]},
            values={"addressee": one["name"], "title": fact.title, "totals": fact.totals},
            among=f"{one['role']}:{one['code']}",
        )


HANDLERS = {
    readers.ComplaintReceived: complaint_received,
    readers.ComplaintRecategorised: complaint_recategorised,
    readers.QuestionAsked: question_asked,
    readers.CoordinationRequested: coordination_requested,
    readers.CoordinationAnswered: coordination_answered,
    readers.ComplaintAnswered: complaint_answered,
    readers.ComplaintDueSoon: complaint_due_soon,
    readers.ComplaintOverdue: complaint_overdue,
    readers.ComplaintReminded: complaint_reminded,
    readers.ComplaintReopened: complaint_reopened,
    readers.ReportMade: report_made,
}


def _tell_filer(
    session: Session, fact: _Filed, template: str, values: Mapping[str, Any], *, sealed: Sealed | None = None
) -> None:
    """Nobody is told of an anonymous complaint that left no address: it is followed by its number (F8)."""
    if fact.contact is None:
        return
    common = {"complaint_no": fact.complaint_no, "office": fact.office["name"], "full_name": fact.contact["full_name"]}
    compose(
        session, fact, template, ref=fact.complaint_no, contact=fact.contact, values=common | dict(values), sealed=sealed
    )


def _tell_staff(session: Session, fact: _Watched, template: str, values: Mapping[str, Any]) -> None:
    for one in fact.staff:
        common = {
            "complaint_no": fact.complaint_no,
            "office": fact.office["name"],
            "board": fact.board_name,
            "category": fact.category_name,
            "addressee": one["name"],
        }
        compose(
            session,
            fact,
            template,
            ref=fact.complaint_no,
            contact={"email": one["email"]},
            values=common | dict(values),
            among=f"{one['role']}:{one['code']}",
        )
