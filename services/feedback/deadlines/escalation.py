"""Act when the clocks of a complaint are due (F7): remind, escalate, resume after waiting, close.

A late step is escalated to the director at once, to the board `board_days` working days after it was due, and to the IT centre
after `centre_days`; each level once per step.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.chassis import clock
from services.chassis.calendar import Calendar
from services.feedback.complaints import handling
from services.feedback.complaints.rules import Complaint
from services.feedback.complaints.vocabulary import ANSWERED, WAITING
from services.feedback.deadlines.clocks import LEVELS, next_level, open_steps, schedule, warning_at
from services.feedback.deadlines.facts import ComplaintDueSoon, ComplaintOverdue
from services.feedback.directory import addressees
from services.feedback.directory.actors import CLOCK


def act_on_clocks(complaint: Complaint) -> None:
    """Do everything that has become due, in order of due time."""
    now = clock.now()
    if complaint.status == WAITING and complaint.paused_until and complaint.paused_until <= now:
        complaint.stop_waiting()
    if complaint.status == ANSWERED and complaint.reopen_until and complaint.reopen_until <= now:
        complaint.close()
    if complaint.status != WAITING and complaint.is_open:
        calendar = complaint.calendar
        for step, due in open_steps(complaint).items():
            _remind(complaint, calendar, step, due, now)
            _escalate(complaint, calendar, step, due, now)
    schedule(complaint)


def _remind(complaint: Complaint, calendar: Calendar, step: str, due: datetime, now: datetime) -> None:
    at = warning_at(complaint, calendar, step, due)
    if at is None or at > now:
        return
    complaint.warned_steps = [*complaint.warned_steps, step]
    if due <= now:
        return  # the clock was moved, or no process ran for days: the step is late already, so it is escalated instead
    complaint.log("due_soon", CLOCK, step=step)
    complaint.tell(
        ComplaintDueSoon(**complaint.header(), step=step, coordination_id=None, due_at=due, staff=handling.staff(complaint))
    )


def _escalate(complaint: Complaint, calendar: Calendar, step: str, due: datetime, now: datetime) -> None:
    while (following := next_level(complaint, calendar, step, due)) is not None and following[1] <= now:
        level = following[0]
        complaint.overdue_steps = complaint.overdue_steps | {step: {"due": due.isoformat(), "level": level}}
        complaint.escalation_level = max(complaint.escalation_level, level)
        complaint.log("overdue", CLOCK, step=step, level=level)
        complaint.tell(
            ComplaintOverdue(
                **complaint.header(),
                step=step,
                coordination_id=None,
                due_at=due,
                level=level,
                overdue_at=now,
                contact=complaint.contact,
                staff=_addressee(complaint, level),
            )
        )


def _addressee(complaint: Complaint, level: int) -> list[dict[str, Any]]:
    match LEVELS[level]:
        case addressees.DIRECTOR:
            return handling.staff(complaint)
        case addressees.BOARD:
            return addressees.board(complaint.session, complaint.board_code)
        case _:
            return addressees.centre(complaint.session)
