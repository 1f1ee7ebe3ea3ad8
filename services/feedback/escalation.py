"""What the clocks of a complaint do by themselves (F7): remind, escalate, go on after waiting, close.

A step that is late is told to the director at once, to the board `board_days` working days later, and to the IT centre
`centre_days` after it was due; each level once for each step.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.chassis import clock
from services.feedback import addressees, events
from services.feedback.actors import CLOCK
from services.feedback.complaint_row import ANSWERED, WAITING
from services.feedback.model import Complaint


def tick(complaint: Complaint) -> None:
    """Do all that has become due, in the order in which it did."""
    now = clock.now()
    if complaint.status == WAITING and complaint.paused_until and complaint.paused_until <= now:
        complaint.wait_no_longer()
    if complaint.status == ANSWERED and complaint.reopen_until and complaint.reopen_until <= now:
        complaint.close()
    if complaint.status != WAITING and complaint.is_open:
        for step, due in complaint.open_steps().items():
            _remind(complaint, step, due, now)
            _escalate(complaint, step, due, now)
    complaint.watch()


def _remind(complaint: Complaint, step: str, due: datetime, now: datetime) -> None:
    at = complaint.warning_at(step, due)
    if at is None or at > now:
        return
    complaint.warned_steps = [*complaint.warned_steps, step]
    if due <= now:
        return  # the clock was moved, or nobody ran for days: it is late, which is told instead
    complaint._log("due_soon", CLOCK, step=step)
    complaint._tell(
        events.ComplaintDueSoon(
            **complaint._named(),
            step=step,
            coordination_id=None,
            due_at=due,
            staff=addressees.director(complaint._session, complaint.province_code),
        )
    )


def _escalate(complaint: Complaint, step: str, due: datetime, now: datetime) -> None:
    while (following := complaint.level_due(step, due)) is not None and following[1] <= now:
        level = following[0]
        complaint.overdue_steps = complaint.overdue_steps | {step: {"due": due.isoformat(), "level": level}}
        complaint.escalation_level = max(complaint.escalation_level, level)
        complaint._log("overdue", CLOCK, step=step, level=level)
        complaint._tell(
            events.ComplaintOverdue(
                **complaint._named(),
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
    session = complaint._session
    match events.LEVELS[level]:
        case addressees.DIRECTOR:
            return addressees.director(session, complaint.province_code)
        case addressees.BOARD:
            return addressees.board(session, complaint.board_code)
        case _:
            return addressees.centre(session)
