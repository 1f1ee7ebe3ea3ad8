"""The fact that a periodic report on the progress of registration was made (R1)."""

from datetime import date, datetime
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from services.chassis.facts import Fact, private, public
from services.chassis.reports.period import KINDS


def _number() -> fields.Integer:
    return fields.Integer(required=True, metadata={"public": True})


class Totals(Schema):
    """National totals. `minutes_…`, `days_…`: answers by their legal clock, 15 minutes and 3 working days."""

    filed = _number()
    received = _number()
    approved = _number()
    rejected = _number()
    expired = _number()
    withdrawn = _number()
    open = _number()
    minutes_in_time = _number()
    minutes_late = _number()
    days_in_time = _number()
    days_late = _number()


#: the figures that the fact contains
TOTALS = tuple(Totals().fields)


class Recipient(Schema):
    """Whom to notify."""

    email = fields.String(required=True)


class ProgressReportMade(
    Fact,
    name="progress_report_made",
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
            "filed": 462000,
            "received": 431200,
            "approved": 418800,
            "rejected": 9100,
            "expired": 21400,
            "withdrawn": 320,
            "open": 61500,
            "minutes_in_time": 371000,
            "minutes_late": 1900,
            "days_in_time": 54800,
            "days_late": 200,
        },
        "recipients": [{"email": "lanh-dao@example.vn"}],
    },
):
    """The report of a week or month was made: `GET /registration/reports/periodic/{kind}/{name}`; `recipients`: the leadership."""

    report_name: str = public(fields.String(required=True))
    kind: str = public(fields.String(required=True, validate=OneOf(KINDS)))
    title: str = public(fields.String(required=True))
    first_day: date = public(fields.Date(required=True))
    last_day: date = public(fields.Date(required=True))
    made_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    totals: dict[str, Any] = public(fields.Nested(Totals, required=True))
    recipients: list[dict[str, Any]] = private(fields.List(fields.Nested(Recipient), required=True))
