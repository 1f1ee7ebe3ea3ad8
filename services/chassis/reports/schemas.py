"""Request and response schemas that the reports of all services share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import marshmallow as ma
from marshmallow.validate import OneOf

from services.chassis.calendar import today_in_vietnam
from services.chassis.reports.period import KINDS
from services.chassis.reports.periodic import STATUSES
from services.chassis.text.bilingual import bilingual
from services.chassis.web import paging
from services.chassis.web.fields import Moment
from services.chassis.web.typed import Day

#: a year and a week
LONGEST_DAYS = 373


def count_of(description: str = "") -> ma.fields.Integer:
    """Return the field of a count."""
    return ma.fields.Integer(required=True, metadata={"description": description} if description else {})


def mean_of(description: str) -> ma.fields.Float:
    """Return the field of a mean or percentage, which is null if there is nothing to take it of."""
    return ma.fields.Float(
        required=True, allow_none=True, metadata={"description": f"{description}; null if there are none"}
    )


def text(**options: Any) -> ma.fields.String:
    """Return a required field of text."""
    return ma.fields.String(required=True, **options)


class PeriodQuery(ma.Schema):
    """The days of a report: by default from the first of this month to today."""

    from_ = Day(data_key="from", metadata={"description": "first day; default: the first of this month"})
    to = Day(metadata={"description": "last day; default: today"})

    @ma.post_load
    def _days(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        today = today_in_vietnam()
        last = data.get("to", today)
        first = data.get("from_", min(last, today).replace(day=1))
        if first > last:
            raise ma.ValidationError(
                bilingual(vi="Ngày đầu phải trước ngày cuối.", en="The first day must not be after the last."), "from"
            )
        if last - first >= timedelta(days=LONGEST_DAYS):
            message = bilingual(vi=f"Tối đa {LONGEST_DAYS} ngày.", en=f"At most {LONGEST_DAYS} days.")
            raise ma.ValidationError(message, "from")
        return data | {"from_": first, "to": last}


class PeriodSchema(ma.Schema):
    """The days a report covers, first and last included."""

    kind = text(allow_none=True, metadata={"description": "weekly, monthly; null for any other run of days"})
    name = text(allow_none=True, metadata={"example": "2026-W47"})
    title = text()
    from_ = text(data_key="from", attribute="from", metadata={"format": "date"})
    to = text(metadata={"format": "date"})


class PeriodicQuery(paging.PageQuery):
    """Filters of the list."""

    kind = ma.fields.String(load_default=None, validate=OneOf(KINDS))


class PeriodicSchema(ma.Schema):
    """A periodic report and its files."""

    kind = text()
    name = text(metadata={"example": "2026-W47"})
    title = text()
    status = text(validate=OneOf(STATUSES))
    ends_at = Moment(required=True)
    made_at = Moment(required=True, allow_none=True)
    files = ma.fields.List(
        ma.fields.String(), required=True, attribute="file_names", metadata={"description": "names of its files"}
    )
