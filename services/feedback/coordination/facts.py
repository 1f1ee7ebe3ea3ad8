"""Facts about co-ordination between offices (F4)."""

from datetime import datetime
from typing import Any

from marshmallow import fields

from services.chassis.facts import Fact, private, public
from services.feedback.complaints import fact_parts as parts
from services.feedback.complaints.fact_parts import AboutComplaint


class CoordinationRequested(
    AboutComplaint,
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
    """The accountable office has asked another for help (F4). The complaint does not move; `staff`: of the asked province."""

    coordination_id: str = public(parts.text())
    asked_office: dict[str, Any] = public(fields.Nested(parts.Office, required=True))
    asked_province_code: str = public(parts.text())
    requested_at: datetime = public(parts.moment())
    due_at: datetime = public(parts.moment())
    staff: list[dict[str, Any]] = private(parts.staff())


class CoordinationAnswered(
    AboutComplaint,
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
    """The asked office has answered; the accountable one carries on (F4)."""

    coordination_id: str = public(parts.text())
    asked_office: dict[str, Any] = public(fields.Nested(parts.Office, required=True))
    asked_province_code: str = public(parts.text())
    answered_at: datetime = public(parts.moment())
    staff: list[dict[str, Any]] = private(parts.staff())
