"""The clocks of a complaint (F7): which steps are open, when each is due, and when something has to happen next.

Due dates are midnights at the end of working days, worked out once, when their clock starts; they never move to an earlier
moment. `next_at` is the one moment at which the clock has to act, so a single sweep serves every clock.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from services.feedback.complaints.row import ComplaintRow
from services.feedback.complaints.vocabulary import ACKNOWLEDGE, ANSWER, ANSWERED, CLOSED, ROUTE, WAITING
from services.feedback.directory.addressees import BOARD, DIRECTOR, IT_CENTRE

#: who is told at which level of escalation
LEVELS: Final = {1: DIRECTOR, 2: BOARD, 3: IT_CENTRE}


def open_steps(complaint: ComplaintRow) -> dict[str, datetime]:
    """Return the steps that are still to be done, in order, with the moment each is due."""
    if complaint.answered_at is not None:
        return {}
    due = {ANSWER: complaint.answer_due}
    if complaint.routed_at is None:
        due = {ROUTE: complaint.routed_due} | due
    if complaint.acknowledged_at is None:
        due = {ACKNOWLEDGE: complaint.acknowledge_due} | due
    return due


def next_level(complaint: ComplaintRow, step: str, due: datetime) -> tuple[int, datetime] | None:
    """Return the next level of a late step and when its addressee is told; None after the last."""
    level = int(complaint.overdue_steps.get(step, {}).get("level", 0)) + 1
    if level > max(LEVELS):
        return None
    terms = complaint.clock_terms
    days = {1: 0, 2: terms.board_days, 3: terms.centre_days}[level]
    return level, complaint.calendar.postpone(due, days)


def warning_at(complaint: ComplaintRow, step: str, due: datetime) -> datetime | None:
    """Return when to remind that a step is nearly due; None if that was done, or the clock is too short for it."""
    terms = complaint.clock_terms
    days = {ROUTE: terms.route_days, ANSWER: terms.answer_days}.get(step, 0)
    if not 0 < terms.warn_days < days or step in complaint.warned_steps or step in complaint.overdue_steps:
        return None
    return complaint.calendar.warning(due, terms.warn_days)


def schedule(complaint: ComplaintRow) -> None:
    """Set `next_at`, when the clock has to act next, and `due_at`, which lists are sorted by. Call it after every change."""
    if complaint.status == CLOSED:
        complaint.next_at = None
    elif complaint.status == ANSWERED:
        complaint.next_at = complaint.reopen_until
    elif complaint.status == WAITING:
        complaint.next_at = complaint.paused_until
        # nobody is late while the citizen is asked; but what was late before stays late
        if complaint.paused_at and complaint.paused_until and complaint.answer_due > complaint.paused_at:
            complaint.due_at = max(complaint.answer_due, complaint.paused_until)
    else:
        due = open_steps(complaint)
        complaint.due_at = min(due.values())
        warnings = [warning_at(complaint, step, at) for step, at in due.items()]
        levels = [next_level(complaint, step, at) for step, at in due.items()]
        moments = [at for at in warnings if at is not None] + [level[1] for level in levels if level is not None]
        complaint.next_at = min(moments, default=None)
