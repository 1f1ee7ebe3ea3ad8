"""The fact that a periodic report has been made (F6)."""

from datetime import date, datetime
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from services.chassis.facts import Fact, private, public
from services.feedback.complaints import fact_parts as parts


def _number() -> fields.Integer:
    return fields.Integer(required=True, metadata={"public": True})


class Totals(Schema):
    """National totals; `open` and `open_late` at the end of the period, `rating` 1 to 5 or null."""

    received = _number()
    settled = _number()
    settled_in_time = _number()
    settled_late = _number()
    open = _number()
    open_late = _number()
    reopened = _number()
    rating = fields.Float(required=True, allow_none=True, metadata={"public": True})


#: the figures that the fact contains
TOTALS = tuple(Totals().fields)


class ReportMade(
    Fact,
    name="report_made",
    version=1,
    subject="report_name",
    example={
        "report_name": "weekly-2026-W47",
        "kind": "weekly",
        "title": "Tuần 47 năm 2026 (16/11/2026 - 22/11/2026)",
        "first_day": "2026-11-16",
        "last_day": "2026-11-22",
        "made_at": "2026-11-23T06:00:00+07:00",
        "totals": {
            "received": 1204,
            "settled": 1130,
            "settled_in_time": 1101,
            "settled_late": 29,
            "open": 2210,
            "open_late": 41,
            "reopened": 12,
            "rating": 4.21,
        },
        "staff": [{"role": "leadership", "code": "vss", "name": "BHXH Việt Nam", "email": "lanh-dao@example.vn"}],
    },
    needs_reader=False,
):
    """The report of a week or month was made (F6): `GET /feedback/reports/periodic/{kind}/{name}`; `staff`: its recipients."""

    report_name: str = public(parts.text())
    kind: str = public(parts.text(validate=OneOf(("weekly", "monthly"))))
    title: str = public(parts.text())
    first_day: date = public(fields.Date(required=True))
    last_day: date = public(fields.Date(required=True))
    made_at: datetime = public(parts.moment())
    totals: dict[str, Any] = public(fields.Nested(Totals, required=True))
    staff: list[dict[str, Any]] = private(parts.staff())
