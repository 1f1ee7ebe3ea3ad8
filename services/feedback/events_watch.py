"""Facts of helping, watching and urging: co-ordination (F4), clocks (F7), the board (F5)."""

from datetime import datetime
from typing import Any

from marshmallow import fields
from marshmallow.validate import OneOf, Range

from services.chassis.facts import Fact, private, public
from services.feedback import events_parts as parts


class CoordinationRequested(
    Fact,
    name="coordination_requested",
    version=1,
    subject="complaint_no",
    example={
        **parts.COMPLAINT,
        "coordination_id": "019aa5b5-c0de-7000-a000-00000000000a",
        "asked_office": {"code": "01", "name": "BHXH Thành phố Hà Nội", "province_code": "01"},
        "asked_province_code": "01",
        "requested_at": "2026-11-24T09:00:00+07:00",
        "due_at": "2026-12-02T00:00:00+07:00",
        "staff": [
            {**parts.DIRECTOR, "code": "01", "name": "Giám đốc BHXH Thành phố Hà Nội", "email": "giamdoc.01@example.vn"}
        ],
    },
):
    """The accountable office asks another one for help (F4). The complaint stays where it is; `staff` is of the asked province."""

    complaint_no: str = public(parts.text())
    category_code: str = public(parts.text())
    category_name: str = public(parts.text())
    board_code: str = public(parts.text(validate=OneOf(parts.BOARDS)))
    board_name: str = public(parts.text())
    province_code: str = public(parts.text())
    office: dict[str, Any] = public(fields.Nested(parts.Office, required=True))
    coordination_id: str = public(parts.text())
    asked_office: dict[str, Any] = public(fields.Nested(parts.Office, required=True))
    asked_province_code: str = public(parts.text())
    requested_at: datetime = public(parts.moment())
    due_at: datetime = public(parts.moment())
    staff: list[dict[str, Any]] = private(parts.staff())


class CoordinationAnswered(
    Fact,
    name="coordination_answered",
    version=1,
    subject="complaint_no",
    example={
        **parts.COMPLAINT,
        "coordination_id": "019aa5b5-c0de-7000-a000-00000000000a",
        "asked_office": {"code": "01", "name": "BHXH Thành phố Hà Nội", "province_code": "01"},
        "asked_province_code": "01",
        "answered_at": "2026-11-26T16:00:00+07:00",
        "staff": [parts.DIRECTOR],
    },
):
    """The asked office has said what it knows; the accountable one goes on (F4)."""

    complaint_no: str = public(parts.text())
    category_code: str = public(parts.text())
    category_name: str = public(parts.text())
    board_code: str = public(parts.text(validate=OneOf(parts.BOARDS)))
    board_name: str = public(parts.text())
    province_code: str = public(parts.text())
    office: dict[str, Any] = public(fields.Nested(parts.Office, required=True))
    coordination_id: str = public(parts.text())
    asked_office: dict[str, Any] = public(fields.Nested(parts.Office, required=True))
    asked_province_code: str = public(parts.text())
    answered_at: datetime = public(parts.moment())
    staff: list[dict[str, Any]] = private(parts.staff())


class ComplaintDueSoon(
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

    complaint_no: str = public(parts.text())
    category_code: str = public(parts.text())
    category_name: str = public(parts.text())
    board_code: str = public(parts.text(validate=OneOf(parts.BOARDS)))
    board_name: str = public(parts.text())
    province_code: str = public(parts.text())
    office: dict[str, Any] = public(fields.Nested(parts.Office, required=True))
    step: str = public(parts.text(validate=OneOf(parts.STEPS)))
    coordination_id: str | None = public(fields.String(required=True, allow_none=True))
    due_at: datetime = public(parts.moment())
    staff: list[dict[str, Any]] = private(parts.staff())


class ComplaintOverdue(
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
    """A step is late (F7). Level 1 is told to the director, 2 to the board, 3 to the IT centre; each once for each step.

    For `coordination` the director is that of the asked province; such a delay goes no further.
    """

    complaint_no: str = public(parts.text())
    category_code: str = public(parts.text())
    category_name: str = public(parts.text())
    board_code: str = public(parts.text(validate=OneOf(parts.BOARDS)))
    board_name: str = public(parts.text())
    province_code: str = public(parts.text())
    office: dict[str, Any] = public(fields.Nested(parts.Office, required=True))
    step: str = public(parts.text(validate=OneOf(parts.STEPS)))
    coordination_id: str | None = public(fields.String(required=True, allow_none=True))
    due_at: datetime = public(parts.moment())
    level: int = public(fields.Integer(required=True, validate=Range(1, 3)))
    overdue_at: datetime = public(parts.moment())
    contact: dict[str, Any] | None = private(parts.contact())
    staff: list[dict[str, Any]] = private(parts.staff())


class ComplaintReminded(
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
    """The board urges the province (F5)."""

    complaint_no: str = public(parts.text())
    category_code: str = public(parts.text())
    category_name: str = public(parts.text())
    board_code: str = public(parts.text(validate=OneOf(parts.BOARDS)))
    board_name: str = public(parts.text())
    province_code: str = public(parts.text())
    office: dict[str, Any] = public(fields.Nested(parts.Office, required=True))
    reminded_at: datetime = public(parts.moment())
    by_board: dict[str, Any] = public(fields.Nested(parts.Board, required=True))
    due_at: datetime = public(parts.moment())
    words: str | None = private(fields.String(required=True, allow_none=True))
    staff: list[dict[str, Any]] = private(parts.staff())
