"""Request and response schemas of reports (F6)."""

from __future__ import annotations

import marshmallow as ma
from marshmallow.validate import Length, OneOf

from services.chassis.reports.schemas import PeriodicSchema, PeriodQuery, PeriodSchema, count_of, mean_of, text
from services.chassis.text.folding import plain_code
from services.chassis.web.typed import ProvinceCode, Typed
from services.feedback.categories.boards import BOARDS
from services.feedback.reports.headings import CHART_NAMES
from services.feedback.reports.report import GROUPS


class ReportQuery(PeriodQuery):
    """Period and filters. A director sees their own province, a board its own categories, the IT centre everything."""

    province = ProvinceCode(load_default=None)
    board = ma.fields.String(load_default=None, validate=OneOf(tuple(BOARDS)))
    category = Typed(
        plain_code,
        load_default=None,
        validate=Length(1, 40),
        metadata={"description": "including its sub-categories", "example": "the-bhyt"},
    )


class TableQuery(ReportQuery):
    """The same filters, and the table to return."""

    table = ma.fields.String(load_default="provinces", validate=OneOf(tuple(GROUPS)))


class ChartQuery(ReportQuery):
    """The same filters, and the chart to draw."""

    chart = ma.fields.String(load_default="provinces", validate=OneOf(CHART_NAMES))


class FiguresSchema(ma.Schema):
    """Figures of a group: carried_over + received = settled + open."""

    carried_over = count_of("open when the period began")
    received = count_of()
    settled = count_of("answered in the period")
    settled_in_time = count_of()
    settled_late = count_of()
    in_time_percent = mean_of("of those settled")
    answer_days = mean_of("mean calendar days from receipt to answer")
    open = count_of("not answered at its end, or now")
    open_in_time = count_of()
    open_late = count_of()
    reopened = count_of()
    recategorised = count_of()
    reminded = count_of("reminders of boards (F5)")
    overdue = count_of("times that a late step was escalated (F7)")
    insisted = count_of("times that a director insisted on words that send the citizen to another office (F4)")
    rated = count_of()
    rating = mean_of("mean of the ratings given, 1 to 5")


class LineSchema(FiguresSchema):
    """A province or board."""

    code = text()
    name = text()


class CategoryLineSchema(LineSchema):
    """A category: its own complaints, without those of its sub-categories."""

    parent = ma.fields.String(allow_none=True)
    board = ma.fields.String(metadata={"description": "the board that watches it now"})


class WeekSchema(ma.Schema):
    """A week, cut where the period begins or ends."""

    week = text(metadata={"example": "2026-W47"})
    from_ = text(data_key="from", attribute="from", metadata={"format": "date"})
    to = text(metadata={"format": "date"})
    received = count_of()
    settled = count_of()
    settled_in_time = count_of()
    settled_late = count_of()
    in_time_percent = mean_of("of those settled")
    answer_days = mean_of("mean calendar days from receipt to answer")
    open = count_of("at its end")
    reopened = count_of()
    rated = count_of()
    rating = mean_of("mean of the ratings given, 1 to 5")


class ScopeSchema(ma.Schema):
    """The filters of the report; null: all."""

    province = text(allow_none=True)
    board = text(allow_none=True)
    categories = ma.fields.List(ma.fields.String(), required=True, allow_none=True)


class ReportSchema(ma.Schema):
    """A report (F6)."""

    period = ma.fields.Nested(PeriodSchema, required=True)
    scope = ma.fields.Nested(ScopeSchema, required=True)
    made_at = text(metadata={"format": "date-time"})
    totals = ma.fields.Nested(FiguresSchema, required=True)
    provinces = ma.fields.List(ma.fields.Nested(LineSchema), required=True)
    boards = ma.fields.List(ma.fields.Nested(LineSchema), required=True)
    categories = ma.fields.List(ma.fields.Nested(CategoryLineSchema), required=True)
    weeks = ma.fields.List(ma.fields.Nested(WeekSchema), required=True)


class PeriodicReportSchema(PeriodicSchema):
    """A periodic report with its figures, as they were when it was made."""

    report = ma.fields.Nested(ReportSchema, required=True, allow_none=True, attribute="figures")
