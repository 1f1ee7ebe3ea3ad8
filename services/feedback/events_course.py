"""Facts of a complaint on its way: received, acknowledged, routed, of another kind, waiting for its citizen."""

from datetime import datetime
from typing import Any

from marshmallow import fields
from marshmallow.validate import OneOf

from services.chassis.facts import Fact, private, public
from services.feedback import events_parts as parts


class ComplaintReceived(
    Fact,
    name="complaint_received",
    version=1,
    subject="complaint_no",
    example={
        **parts.COMPLAINT,
        "channel": "hotline",
        "anonymous": False,
        "received_at": "2026-11-23T09:30:00+07:00",
        "acknowledge_due": "2026-11-25T00:00:00+07:00",
        "answer_due": "2026-12-15T00:00:00+07:00",
        "contact": parts.CONTACT,
        "sealed_tracking": "AQ" * 60,
        "staff": [parts.DIRECTOR, parts.BOARD],
    },
):
    """Somebody has complained (F1). From now on the province accounts for it (F3), and the category's board watches (F2).

    The box holds `{"tracking_code": "…"}` for notifications, sealed with the context `tracking:<complaint_no>`; null where no
    key to seal with is set up.
    """

    complaint_no: str = public(parts.text())
    category_code: str = public(parts.text())
    category_name: str = public(parts.text())
    board_code: str = public(parts.text(validate=OneOf(parts.BOARDS)))
    board_name: str = public(parts.text())
    province_code: str = public(parts.text())
    office: dict[str, Any] = public(fields.Nested(parts.Office, required=True))
    channel: str = public(parts.text(validate=OneOf(parts.CHANNELS)))
    anonymous: bool = public(fields.Boolean(required=True))
    received_at: datetime = public(parts.moment())
    acknowledge_due: datetime = public(parts.moment())
    answer_due: datetime = public(parts.moment())
    contact: dict[str, Any] | None = private(parts.contact())
    sealed_tracking: str | None = private(fields.String(load_default=None, allow_none=True), default=None)
    staff: list[dict[str, Any]] = private(parts.staff())


class ComplaintAcknowledged(
    Fact,
    name="complaint_acknowledged",
    version=1,
    subject="complaint_no",
    example={**parts.COMPLAINT, "acknowledged_at": "2026-11-23T10:00:00+07:00", "contact": parts.CONTACT},
    needs_reader=False,
):
    """The office has taken note (F7: within one working day)."""

    complaint_no: str = public(parts.text())
    category_code: str = public(parts.text())
    category_name: str = public(parts.text())
    board_code: str = public(parts.text(validate=OneOf(parts.BOARDS)))
    board_name: str = public(parts.text())
    province_code: str = public(parts.text())
    office: dict[str, Any] = public(fields.Nested(parts.Office, required=True))
    acknowledged_at: datetime = public(parts.moment())
    contact: dict[str, Any] | None = private(parts.contact())


class ComplaintRouted(
    Fact,
    name="complaint_routed",
    version=1,
    subject="complaint_no",
    example={**parts.COMPLAINT, "routed_at": "2026-11-23T10:30:00+07:00"},
    needs_reader=False,
):
    """A department of the office works on it now (F7: within five working days, Decree 20/2008 art. 9). Nobody else accounts for it."""

    complaint_no: str = public(parts.text())
    category_code: str = public(parts.text())
    category_name: str = public(parts.text())
    board_code: str = public(parts.text(validate=OneOf(parts.BOARDS)))
    board_name: str = public(parts.text())
    province_code: str = public(parts.text())
    office: dict[str, Any] = public(fields.Nested(parts.Office, required=True))
    routed_at: datetime = public(parts.moment())


class ComplaintRecategorised(
    Fact,
    name="complaint_recategorised",
    version=1,
    subject="complaint_no",
    example={
        **parts.COMPLAINT,
        "previous_category_code": "khac",
        "previous_board_code": "cntt",
        "recategorised_at": "2026-11-23T10:20:00+07:00",
        "answer_due": "2026-12-15T00:00:00+07:00",
        "staff": [parts.BOARD],
    },
):
    """It is of another kind, and so another board watches from now on (F2); who accounts for it stays (F4).

    `staff` is the new board; empty if the board is the same.
    """

    complaint_no: str = public(parts.text())
    category_code: str = public(parts.text())
    category_name: str = public(parts.text())
    board_code: str = public(parts.text(validate=OneOf(parts.BOARDS)))
    board_name: str = public(parts.text())
    province_code: str = public(parts.text())
    office: dict[str, Any] = public(fields.Nested(parts.Office, required=True))
    previous_category_code: str = public(parts.text())
    previous_board_code: str = public(parts.text(validate=OneOf(parts.BOARDS)))
    recategorised_at: datetime = public(parts.moment())
    answer_due: datetime = public(parts.moment())
    staff: list[dict[str, Any]] = private(parts.staff())


class QuestionAsked(
    Fact,
    name="question_asked",
    version=1,
    subject="complaint_no",
    example={
        **parts.COMPLAINT,
        "asked_at": "2026-11-24T09:00:00+07:00",
        "answer_until": "2026-12-02T00:00:00+07:00",
        "question": "Ông/bà vui lòng cho biết thời gian làm việc tại đơn vị cũ.",
        "contact": parts.CONTACT,
    },
):
    """The office needs to know something of the citizen; its clocks wait, once, until `answer_until` at the latest (F7)."""

    complaint_no: str = public(parts.text())
    category_code: str = public(parts.text())
    category_name: str = public(parts.text())
    board_code: str = public(parts.text(validate=OneOf(parts.BOARDS)))
    board_name: str = public(parts.text())
    province_code: str = public(parts.text())
    office: dict[str, Any] = public(fields.Nested(parts.Office, required=True))
    asked_at: datetime = public(parts.moment())
    answer_until: datetime = public(parts.moment())
    question: str = private(parts.text())
    contact: dict[str, Any] | None = private(parts.contact())


class ComplaintResumed(
    Fact,
    name="complaint_resumed",
    version=1,
    subject="complaint_no",
    example={
        **parts.COMPLAINT,
        "resumed_at": "2026-11-25T09:00:00+07:00",
        "replied": True,
        "answer_due": "2026-12-16T00:00:00+07:00",
    },
    needs_reader=False,
):
    """The citizen has replied, or the days of waiting are over: the clocks run on."""

    complaint_no: str = public(parts.text())
    category_code: str = public(parts.text())
    category_name: str = public(parts.text())
    board_code: str = public(parts.text(validate=OneOf(parts.BOARDS)))
    board_name: str = public(parts.text())
    province_code: str = public(parts.text())
    office: dict[str, Any] = public(fields.Nested(parts.Office, required=True))
    resumed_at: datetime = public(parts.moment())
    replied: bool = public(fields.Boolean(required=True))
    answer_due: datetime = public(parts.moment())
