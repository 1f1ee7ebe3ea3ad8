"""Compute the clocks of a complaint (F7): the open steps, when each is due, and when something must happen next.

Due dates are midnights at the end of working days, computed once, when their clock starts; they never move to an earlier time.
`next_at` is the single time at which a clock must act next, so one sweep serves all clocks.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from services.chassis.calendar import Calendar
from services.feedback.complaints.row import ComplaintRow
from services.feedback.complaints.vocabulary import ACKNOWLEDGE, ANSWER, ANSWERED, CLOSED, ROUTE, WAITING
from services.feedback.directory.addressees import BOARD, DIRECTOR, IT_CENTRE

#: the role notified at each level of escalation
LEVELS: Final = {1: DIRECTOR, 2: BOARD, 3: IT_CENTRE}


def open_steps(complaint: ComplaintRow) -> dict[str, datetime]:
    """Return the open steps in order, with the time each is due."""
    if complaint.answered_at is not None:
        return {}
    due = {ANSWER: complaint.answer_due}
    if complaint.routed_at is None:
        due = {ROUTE: complaint.routed_due} | due
    if complaint.acknowledged_at is None:
        due = {ACKNOWLEDGE: complaint.acknowledge_due} | due
    return due


def next_level(complaint: ComplaintRow, calendar: Calendar, step: str, due: datetime) -> tuple[int, datetime] | None:
    """Return the next level of escalation of a late step and when to notify it; None after the last."""
    level = int(complaint.overdue_steps.get(step, {}).get("level", 0)) + 1
    if level > max(LEVELS):
        return None
    terms = complaint.clock_terms
    return level, due if level == 1 else terms.later(calendar, due, {2: "board", 3: "centre"}[level])


def warning_at(complaint: ComplaintRow, calendar: Calendar, step: str, due: datetime) -> datetime | None:
    """Return when to remind that a step is nearly due; None if already reminded, or if the clock is too short."""
    terms = complaint.clock_terms
    days = {ROUTE: terms.route_days, ANSWER: terms.answer_days}.get(step, 0)
    if terms.urgent or not 0 < terms.warn_days < days or step in complaint.warned_steps or step in complaint.overdue_steps:
        return None
    return calendar.warning(due, terms.warn_days)


def schedule(complaint: ComplaintRow) -> None:
    """Set `next_at`, when a clock must act next, and `due_at`, which lists are sorted by. Call it after every change."""
    if complaint.status == CLOSED:
        complaint.next_at = None
    elif complaint.status == ANSWERED:
        complaint.next_at = complaint.reopen_until
    elif complaint.status == WAITING:
        complaint.next_at = complaint.paused_until
        # nothing becomes late while waiting for the citizen; what was late before stays late
        if complaint.paused_at and complaint.paused_until and complaint.answer_due > complaint.paused_at:
            complaint.due_at = max(complaint.answer_due, complaint.paused_until)
    else:
        due, calendar = open_steps(complaint), complaint.calendar
        complaint.due_at = min(due.values())
        warnings = [warning_at(complaint, calendar, step, at) for step, at in due.items()]
        levels = [next_level(complaint, calendar, step, at) for step, at in due.items()]
        moments = [at for at in warnings if at is not None] + [level[1] for level in levels if level is not None]
        complaint.next_at = min(moments, default=None)
