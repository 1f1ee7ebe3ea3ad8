"""Facts about a complaint's answer and end: answered, reopened, closed, rated (F8)."""

from datetime import datetime
from typing import Any

from marshmallow import fields
from marshmallow.validate import Range

from services.chassis.facts import Fact, private, public
from services.feedback.complaints import fact_parts as parts
from services.feedback.complaints.fact_parts import AboutComplaint


class ComplaintAnswered(
    AboutComplaint,
    Fact,
    name="complaint_answered",
    version=1,
    subject="complaint_no",
    example={
        **parts.COMPLAINT,
        "answered_at": "2026-12-02T15:00:00+07:00",
        "reopen_until": "2026-12-13T00:00:00+07:00",
        "answer": "Quá trình đóng năm 2019 của ông/bà đã được bổ sung từ tháng 3 đến tháng 8.",
        "contact": parts.CONTACT,
        "staff": [parts.BOARD],
    },
):
    """The province has answered; the citizen may reopen the complaint until `reopen_until` and rate the answer (F8)."""

    answered_at: datetime = public(parts.moment())
    reopen_until: datetime = public(parts.moment())
    answer: str = private(parts.text())
    insisted: bool = public(
        fields.Boolean(
            load_default=False, metadata={"description": "a director insisted on words that lead to another office (F4)"}
        ),
        default=False,
    )
    contact: dict[str, Any] | None = private(parts.contact())
    staff: list[dict[str, Any]] = private(parts.staff())


class ComplaintReopened(
    AboutComplaint,
    Fact,
    name="complaint_reopened",
    version=1,
    subject="complaint_no",
    example={
        **parts.COMPLAINT,
        "reopened_at": "2026-12-04T08:00:00+07:00",
        "answer_due": "2026-12-26T00:00:00+07:00",
        "contact": parts.CONTACT,
        "staff": [parts.DIRECTOR, parts.BOARD],
    },
):
    """The citizen has reopened the complaint (F8): the same province must answer again, by a new date."""

    reopened_at: datetime = public(parts.moment())
    answer_due: datetime = public(parts.moment())
    contact: dict[str, Any] | None = private(parts.contact())
    staff: list[dict[str, Any]] = private(parts.staff())


class ComplaintClosed(
    AboutComplaint,
    Fact,
    name="complaint_closed",
    version=1,
    subject="complaint_no",
    example={**parts.COMPLAINT, "closed_at": "2026-12-12T15:00:00+07:00", "in_time": True},
):
    """The complaint was answered, and the days for reopening are over (F8)."""

    closed_at: datetime = public(parts.moment())
    in_time: bool = public(fields.Boolean(required=True, metadata={"description": "answered before it was due"}))


class ComplaintRated(
    AboutComplaint,
    Fact,
    name="complaint_rated",
    version=1,
    subject="complaint_no",
    example={**parts.COMPLAINT, "rated_at": "2026-12-03T20:00:00+07:00", "rating": 4},
    needs_reader=False,
):
    """The citizen has rated the answer, from 1 (bad) to 5 (good) (F8)."""

    rated_at: datetime = public(parts.moment())
    rating: int = public(fields.Integer(required=True, validate=Range(1, 5)))
