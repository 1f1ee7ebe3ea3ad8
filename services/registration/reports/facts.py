"""The fact that a periodic report on the progress of registration was made (R1)."""

from typing import Any

from marshmallow import Schema, fields

from services.chassis.facts import Fact, private, public
from services.chassis.reports.parts import REPORT, AboutReport, number


class Totals(Schema):
    """National totals. `minutes_…`, `days_…`: answers by their legal clock, 15 minutes and 3 working days."""

    filed = number()
    received = number()
    approved = number()
    rejected = number()
    expired = number()
    withdrawn = number()
    open = number()
    minutes_in_time = number()
    minutes_late = number()
    days_in_time = number()
    days_late = number()


#: the figures that the fact contains
TOTALS = tuple(Totals().fields)


class Recipient(Schema):
    """Whom to notify."""

    email = fields.String(required=True)


class ProgressReportMade(
    AboutReport,
    Fact,
    name="progress_report_made",
    version=1,
    subject="report_name",
    example=REPORT
    | {
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

    totals: dict[str, Any] = public(fields.Nested(Totals, required=True))
    recipients: list[dict[str, Any]] = private(fields.List(fields.Nested(Recipient), required=True))
