"""Facts about a complaint before its answer: received, acknowledged, routed, re-categorised, waiting, reminded."""

from datetime import datetime
from typing import Any

from marshmallow import fields
from marshmallow.validate import OneOf

from services.chassis.facts import Fact, private, public, secret
from services.feedback.categories.boards import BOARDS
from services.feedback.complaints import fact_parts as parts
from services.feedback.complaints.fact_parts import AboutComplaint
from services.feedback.complaints.vocabulary import CHANNELS


class ComplaintReceived(
    AboutComplaint,
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
    """A complaint was filed (F1). From now on the province is accountable (F3), and the category's board watches (F2).

    The box holds `{"tracking_code": "…"}` for notifications, sealed with the context `tracking:<complaint_no>`; null if no
    sealing key is configured.
    """

    channel: str = public(parts.text(validate=OneOf(CHANNELS)))
    anonymous: bool = public(fields.Boolean(required=True))
    received_at: datetime = public(parts.moment())
    acknowledge_due: datetime = public(parts.moment())
    answer_due: datetime = public(parts.moment())
    contact: dict[str, Any] | None = private(parts.contact())
    sealed_tracking: str | None = secret(fields.String(load_default=None, allow_none=True), default=None)
    staff: list[dict[str, Any]] = private(parts.staff())


class ComplaintMarked(
    AboutComplaint,
    Fact,
    name="complaint_marked",
    version=1,
    subject="complaint_no",
    example={
        **parts.COMPLAINT,
        "marked_at": "2026-11-24T10:00:00+07:00",
        "answer_due": "2026-12-15T00:00:00+07:00",
        "staff": [parts.DIRECTOR],
    },
):
    """It was found whether a complaint is about an officer, an office or a director, and so who handles it (F9)."""

    marked_at: datetime = public(parts.moment())
    answer_due: datetime = public(parts.moment())
    staff: list[dict[str, Any]] = private(parts.staff())


class ComplaintAcknowledged(
    AboutComplaint,
    Fact,
    name="complaint_acknowledged",
    version=1,
    subject="complaint_no",
    example={**parts.COMPLAINT, "acknowledged_at": "2026-11-23T10:00:00+07:00", "contact": parts.CONTACT},
    needs_reader=False,
):
    """The office has acknowledged the complaint (F7: within one working day)."""

    acknowledged_at: datetime = public(parts.moment())
    contact: dict[str, Any] | None = private(parts.contact())


class ComplaintRouted(
    AboutComplaint,
    Fact,
    name="complaint_routed",
    version=1,
    subject="complaint_no",
    example={**parts.COMPLAINT, "routed_at": "2026-11-23T10:30:00+07:00"},
    needs_reader=False,
):
    """The office has routed the complaint to one of its departments (F7: five working days, Decree 20/2008 art. 9)."""

    routed_at: datetime = public(parts.moment())


class ComplaintRecategorised(
    AboutComplaint,
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
    """The complaint was given another category, and with it perhaps another board (F2); accountability does not move (F4).

    `staff` is the new board; empty if the board stays the same.
    """

    previous_category_code: str = public(parts.text())
    previous_board_code: str = public(parts.text(validate=OneOf(tuple(BOARDS))))
    recategorised_at: datetime = public(parts.moment())
    answer_due: datetime = public(parts.moment())
    staff: list[dict[str, Any]] = private(parts.staff())


class QuestionAsked(
    AboutComplaint,
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
    """The office has asked the citizen a question; the clocks are paused, once, until `answer_until` at the latest (F7)."""

    asked_at: datetime = public(parts.moment())
    answer_until: datetime = public(parts.moment())
    question: str = private(parts.text())
    contact: dict[str, Any] | None = private(parts.contact())


class ComplaintResumed(
    AboutComplaint,
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
    """The citizen has replied, or the waiting days are over: the clocks resume."""

    resumed_at: datetime = public(parts.moment())
    replied: bool = public(fields.Boolean(required=True))
    answer_due: datetime = public(parts.moment())


class ComplaintReminded(
    AboutComplaint,
    Fact,
    name="complaint_reminded",
    version=1,
    subject="complaint_no",
    example={
        **parts.COMPLAINT,
        "reminded_at": "2026-12-10T09:00:00+07:00",
        "by_board": {"code": "thu-so-the", "name": "Ban Quản lý Thu - Sổ, Thẻ"},
        "due_at": "2026-12-15T00:00:00+07:00",
        "words": "Đề nghị trả lời trước ngày 15/12.",
        "staff": [parts.DIRECTOR],
    },
):
    """The board has sent the province a reminder (F5)."""

    reminded_at: datetime = public(parts.moment())
    by_board: dict[str, Any] = public(fields.Nested(parts.Board, required=True))
    due_at: datetime = public(parts.moment())
    words: str | None = private(fields.String(required=True, allow_none=True))
    staff: list[dict[str, Any]] = private(parts.staff())
