"""Request and response schemas of reports (F6)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import marshmallow as ma
from marshmallow.validate import Length, OneOf, Range, Regexp

from services.chassis.calendar import today_in_vietnam
from services.chassis.text.bilingual import bilingual
from services.chassis.web import paging
from services.chassis.web.fields import Moment
from services.feedback.categories.boards import BOARDS
from services.feedback.reports.headings import CHART_NAMES
from services.feedback.reports.period import KINDS
from services.feedback.reports.report import GROUPS
from services.feedback.reports.rules import STATUSES

_DAYS = Range(date(2000, 1, 1), date(2999, 12, 31))
#: a year and a week
LONGEST_DAYS = 373


def _count(description: str = "") -> ma.fields.Integer:
    return ma.fields.Integer(required=True, metadata={"description": description} if description else {})


def _mean(description: str) -> ma.fields.Float:
    return ma.fields.Float(
        required=True, allow_none=True, metadata={"description": f"{description}; null if there are none"}
    )


def _text(**options: Any) -> ma.fields.String:
    return ma.fields.String(required=True, **options)


class ReportQuery(ma.Schema):
    """Period and filters. A director sees their own province, a board its own categories, the IT centre everything."""

    from_ = ma.fields.Date(
        data_key="from", validate=_DAYS, metadata={"description": "first day; default: the first of this month"}
    )
    to = ma.fields.Date(validate=_DAYS, metadata={"description": "last day; default: today"})
    province = ma.fields.String(
        load_default=None, validate=[Length(equal=2), Regexp("^[0-9]{2}$")], metadata={"example": "79"}
    )
    board = ma.fields.String(load_default=None, validate=OneOf(tuple(BOARDS)))
    category = ma.fields.String(
        load_default=None,
        validate=Length(1, 40),
        metadata={"description": "including its sub-categories", "example": "the-bhyt"},
    )

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


class TableQuery(ReportQuery):
    """The same filters, and the table to return."""

    table = ma.fields.String(load_default="provinces", validate=OneOf(tuple(GROUPS)))


class ChartQuery(ReportQuery):
    """The same filters, and the chart to draw."""

    chart = ma.fields.String(load_default="provinces", validate=OneOf(CHART_NAMES))


class FiguresSchema(ma.Schema):
    """Figures of a group: carried_over + received = settled + open."""

    carried_over = _count("open when the period began")
    received = _count()
    settled = _count("answered in the period")
    settled_in_time = _count()
    settled_late = _count()
    in_time_percent = _mean("of those settled")
    answer_days = _mean("mean calendar days from receipt to answer")
    open = _count("not answered at its end, or now")
    open_in_time = _count()
    open_late = _count()
    reopened = _count()
    recategorised = _count()
    reminded = _count("reminders of boards (F5)")
    overdue = _count("times that a late step was escalated (F7)")
    insisted = _count("times that a director insisted on words that send the citizen to another office (F4)")
    rated = _count()
    rating = _mean("mean of the ratings given, 1 to 5")


class LineSchema(FiguresSchema):
    """A province or board."""

    code = _text()
    name = _text()


class CategoryLineSchema(LineSchema):
    """A category: its own complaints, without those of its sub-categories."""

    parent = ma.fields.String(allow_none=True)
    board = ma.fields.String(metadata={"description": "the board that watches it now"})


class WeekSchema(ma.Schema):
    """A week, cut where the period begins or ends."""

    week = _text(metadata={"example": "2026-W47"})
    from_ = _text(data_key="from", attribute="from", metadata={"format": "date"})
    to = _text(metadata={"format": "date"})
    received = _count()
    settled = _count()
    settled_in_time = _count()
    settled_late = _count()
    in_time_percent = _mean("of those settled")
    answer_days = _mean("mean calendar days from receipt to answer")
    open = _count("at its end")
    reopened = _count()
    rated = _count()
    rating = _mean("mean of the ratings given, 1 to 5")


class PeriodSchema(ma.Schema):
    """The days a report covers, first and last included."""

    kind = _text(allow_none=True, metadata={"description": "weekly, monthly; null for any other run of days"})
    name = _text(allow_none=True, metadata={"example": "2026-W47"})
    title = _text()
    from_ = _text(data_key="from", attribute="from", metadata={"format": "date"})
    to = _text(metadata={"format": "date"})


class ScopeSchema(ma.Schema):
    """The filters of the report; null: all."""

    province = _text(allow_none=True)
    board = _text(allow_none=True)
    categories = ma.fields.List(ma.fields.String(), required=True, allow_none=True)


class ReportSchema(ma.Schema):
    """A report (F6)."""

    period = ma.fields.Nested(PeriodSchema, required=True)
    scope = ma.fields.Nested(ScopeSchema, required=True)
    made_at = _text(metadata={"format": "date-time"})
    totals = ma.fields.Nested(FiguresSchema, required=True)
    provinces = ma.fields.List(ma.fields.Nested(LineSchema), required=True)
    boards = ma.fields.List(ma.fields.Nested(LineSchema), required=True)
    categories = ma.fields.List(ma.fields.Nested(CategoryLineSchema), required=True)
    weeks = ma.fields.List(ma.fields.Nested(WeekSchema), required=True)


class PeriodicQuery(paging.PageQuery):
    """Filters of the list."""

    kind = ma.fields.String(load_default=None, validate=OneOf(KINDS))


class PeriodicSchema(ma.Schema):
    """A periodic report and its files."""

    kind = _text()
    name = _text(metadata={"example": "2026-W47"})
    title = _text()
    status = _text(validate=OneOf(STATUSES))
    ends_at = Moment(required=True)
    made_at = Moment(required=True, allow_none=True)
    files = ma.fields.List(
        ma.fields.String(), required=True, attribute="file_names", metadata={"description": "names of its files"}
    )


class PeriodicReportSchema(PeriodicSchema):
    """A periodic report with its figures, as they were when it was made."""

    report = ma.fields.Nested(ReportSchema, required=True, allow_none=True, attribute="figures")
