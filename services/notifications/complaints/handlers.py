"""Tell the filer of a complaint, the staff who handle it, and those on duty.

E-mails to staff contain number, office, board and due date of a complaint, but nothing that the person wrote (N8): a
mailbox is no place for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.chassis.database import ServiceSession
from services.chassis.facts import Reader
from services.chassis.resources import settings_of
from services.notifications.complaints import readers
from services.notifications.messages.compose import Sealed
from services.notifications.messages.ending import close_matter
from services.notifications.messages.recipients import tell_duty, tell_filer, tell_staff
from services.notifications.settings import Settings

_FIRST_LEVEL = 1


def complaint_received(session: ServiceSession, fact: readers.ComplaintReceived) -> None:
    """Send the number, the tracking code and who answers by when (F8, F4); notify the director and the board (F3, F5)."""
    # the sealed box, if any, contains the code; only the job opens it
    values = {"received_at": fact.received_at, "answer_due": fact.answer_due, "tracking_code": None}
    sealed = None
    if fact.sealed_tracking is not None:
        sealed = Sealed(fact.sealed_tracking or None, f"tracking:{fact.complaint_no}")
    tell_filer(session, fact, "complaint_received", values, sealed=sealed)
    due = {"acknowledge_due": fact.acknowledge_due, "answer_due": fact.answer_due}
    tell_staff(session, fact, "staff_complaint_received", due)


def urgent_complaint(session: ServiceSession, fact: readers.UrgentComplaint) -> None:
    """Tell everybody on duty, by SMS at any hour, that somebody is turned away (F10)."""
    values = {"received_at": fact.received_at, "answer_due": fact.answer_due}
    # held until after the answer was due, it would wake somebody for nothing
    tell_duty(session, fact, "duty_urgent_complaint", values, useless_after=fact.answer_due)


def complaint_marked(session: ServiceSession, fact: readers.ComplaintMarked) -> None:
    """Notify whoever handles the complaint from now on, because it is about an officer, an office or a director (F9)."""
    tell_staff(session, fact, "staff_complaint_marked", {"answer_due": fact.answer_due})


def complaint_recategorised(session: ServiceSession, fact: readers.ComplaintRecategorised) -> None:
    """Notify the board that watches the complaint from now on (F2)."""
    tell_staff(session, fact, "staff_complaint_recategorised", {"answer_due": fact.answer_due})


def question_asked(session: ServiceSession, fact: readers.QuestionAsked) -> None:
    """Send the office's question; the clock is paused until the person replies or the waiting days are over (F7)."""
    tell_filer(session, fact, "complaint_question", {"question": fact.question, "wait_until": fact.answer_until})


def coordination_requested(session: ServiceSession, fact: readers.CoordinationRequested) -> None:
    """Notify the other office that its help is requested; accountability does not move (F4)."""
    tell_staff(session, fact, "staff_coordination_requested", {"due_at": fact.due_at})


def coordination_answered(session: ServiceSession, fact: readers.CoordinationAnswered) -> None:
    """Notify the director that the other office has answered (F4)."""
    values = {"answered_by": fact.asked_office["name"], "answered_at": fact.answered_at}
    tell_staff(session, fact, "staff_coordination_answered", values)


def complaint_answered(session: ServiceSession, fact: readers.ComplaintAnswered) -> None:
    """Send the answer and the last day for reopening (F8); notify the board (F5)."""
    until = {"reopen_until": fact.reopen_until}
    tell_filer(session, fact, "complaint_answered", {"answer": fact.answer, **until})
    values = {"answered_at": fact.answered_at, "insisted": fact.insisted, **until}
    tell_staff(session, fact, "staff_complaint_answered", values)


def complaint_due_soon(session: ServiceSession, fact: readers.ComplaintDueSoon) -> None:
    """Warn the staff that a clock is about to run out (F7)."""
    tell_staff(session, fact, "staff_complaint_due_soon", {"step": fact.step, "due_at": fact.due_at})


def complaint_overdue(session: ServiceSession, fact: readers.ComplaintOverdue) -> None:
    """Notify the director, then the board, then the IT centre that a clock has run out (F7).

    The person is notified once, and only of a late answer: the earlier steps are internal.
    """
    if (fact.step, fact.level) == ("answer", _FIRST_LEVEL):
        tell_filer(session, fact, "complaint_late", {"due_at": fact.due_at})
    values = {"step": fact.step, "due_at": fact.due_at, "level": fact.level}
    tell_staff(session, fact, "staff_complaint_overdue", values)


def complaint_reminded(session: ServiceSession, fact: readers.ComplaintReminded) -> None:
    """Pass the board's reminder on to the accountable director (F5)."""
    values = {"reminded_by": fact.by_board["name"], "words": fact.words, "reminded_at": fact.reminded_at}
    tell_staff(session, fact, "staff_complaint_reminded", values)


def complaint_reopened(session: ServiceSession, fact: readers.ComplaintReopened) -> None:
    """Notify person and staff that the complaint is reopened: the same office answers again (F8, F4)."""
    values = {"answer_due": fact.answer_due}
    tell_filer(session, fact, "complaint_reopened", values)
    tell_staff(session, fact, "staff_complaint_reopened", values)


def complaint_closed(session: ServiceSession, fact: readers.ComplaintClosed) -> None:
    """Have what was written about it erased when nobody asks any more whether it arrived."""
    close_matter(session, fact.complaint_no, days=settings_of(session, Settings).decided_keep_days)


HANDLERS: Mapping[type[Reader], Callable[..., Any]] = {
    readers.ComplaintReceived: complaint_received,
    readers.ComplaintMarked: complaint_marked,
    readers.UrgentComplaint: urgent_complaint,
    readers.ComplaintRecategorised: complaint_recategorised,
    readers.QuestionAsked: question_asked,
    readers.CoordinationRequested: coordination_requested,
    readers.CoordinationAnswered: coordination_answered,
    readers.ComplaintAnswered: complaint_answered,
    readers.ComplaintClosed: complaint_closed,
    readers.ComplaintDueSoon: complaint_due_soon,
    readers.ComplaintOverdue: complaint_overdue,
    readers.ComplaintReminded: complaint_reminded,
    readers.ComplaintReopened: complaint_reopened,
}
