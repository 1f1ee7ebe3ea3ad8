"""The fact that a periodic report has been made (F6)."""

from typing import Any

from marshmallow import Schema, fields

from services.chassis.facts import Fact, private, public
from services.chassis.reports.parts import REPORT, AboutReport, number
from services.feedback.complaints import fact_parts as parts


class Totals(Schema):
    """National totals; `open` and `open_late` at the end of the period, `rating` 1 to 5 or null."""

    received = number()
    settled = number()
    settled_in_time = number()
    settled_late = number()
    open = number()
    open_late = number()
    reopened = number()
    rating = fields.Float(required=True, allow_none=True, metadata={"public": True})


#: the figures that the fact contains
TOTALS = tuple(Totals().fields)


class ReportMade(
    AboutReport,
    Fact,
    name="report_made",
    version=1,
    subject="report_name",
    example=REPORT
    | {
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

    totals: dict[str, Any] = public(fields.Nested(Totals, required=True))
    staff: list[dict[str, Any]] = private(parts.staff())
