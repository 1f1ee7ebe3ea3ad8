"""Facts about deadlines (F7): a step is due soon, a step is late."""

from datetime import datetime
from typing import Any

from marshmallow import fields
from marshmallow.validate import OneOf, Range

from services.chassis.facts import Fact, private, public
from services.feedback.complaints import fact_parts as parts
from services.feedback.complaints.fact_parts import AboutComplaint
from services.feedback.complaints.vocabulary import ACKNOWLEDGE, ANSWER, COORDINATION, ROUTE

STEPS = (ACKNOWLEDGE, ROUTE, ANSWER, COORDINATION)


class ComplaintDueSoon(
    AboutComplaint,
    Fact,
    name="complaint_due_soon",
    version=1,
    subject="complaint_no",
    example={
        **parts.COMPLAINT,
        "step": "answer",
        "coordination_id": None,
        "due_at": "2026-12-15T00:00:00+07:00",
        "staff": [parts.DIRECTOR],
    },
):
    """A step is due in a few working days (F7); for `coordination` it is the asked office's."""

    step: str = public(parts.text(validate=OneOf(STEPS)))
    coordination_id: str | None = public(fields.String(required=True, allow_none=True))
    due_at: datetime = public(parts.moment())
    staff: list[dict[str, Any]] = private(parts.staff())


class ComplaintOverdue(
    AboutComplaint,
    Fact,
    name="complaint_overdue",
    version=1,
    subject="complaint_no",
    example={
        **parts.COMPLAINT,
        "step": "answer",
        "coordination_id": None,
        "due_at": "2026-12-15T00:00:00+07:00",
        "level": 2,
        "overdue_at": "2026-12-17T00:00:30+07:00",
        "contact": parts.CONTACT,
        "staff": [parts.BOARD],
    },
):
    """A step is late (F7). Level 1 notifies the director, 2 the board, 3 the IT centre; each once per step.

    For `coordination` the director is that of the asked province; such a delay is escalated no further.
    """

    step: str = public(parts.text(validate=OneOf(STEPS)))
    coordination_id: str | None = public(fields.String(required=True, allow_none=True))
    due_at: datetime = public(parts.moment())
    level: int = public(fields.Integer(required=True, validate=Range(1, 3)))
    overdue_at: datetime = public(parts.moment())
    contact: dict[str, Any] | None = private(parts.contact())
    staff: list[dict[str, Any]] = private(parts.staff())
