"""Request and response schemas of progress reports (R1)."""

from __future__ import annotations

import marshmallow as ma
from marshmallow.validate import Length, OneOf

from services.chassis.reports.schemas import PeriodicSchema, PeriodQuery, PeriodSchema, count_of, mean_of, text
from services.chassis.text.folding import plain_code
from services.chassis.web.typed import ProvinceCode, Typed
from services.registration.reports.layout import CHANNELS, GROUPS, KINDS


class ProgressQuery(PeriodQuery):
    """Period and filters. Staff of a province see their own, the IT centre everything."""

    province = ProvinceCode(load_default=None, metadata={"description": "00: VSS itself (the customer-care centre)"})
    office = Typed(plain_code, load_default=None, validate=Length(1, 20), metadata={"example": "79"})
    channel = ma.fields.String(load_default=None, validate=OneOf(tuple(CHANNELS)))
    kind = ma.fields.String(load_default=None, validate=OneOf(tuple(KINDS)))


class TableQuery(ProgressQuery):
    """The same filters, and the table to return."""

    table = ma.fields.String(load_default="provinces", validate=OneOf(tuple(GROUPS)))


class EndingsSchema(ma.Schema):
    """What was filed and how it ended."""

    filed = count_of("submitted in the period")
    received = count_of("people who came in the period")
    approved = count_of("accounts opened, adjusted or stopped in the period")
    rejected = count_of()
    expired = count_of("nobody came within ten days (I6)")
    withdrawn = count_of()
    open = count_of("at the end of the period, or now")
    minutes_in_time = count_of("answers within 15 minutes of the complete dossier")
    minutes_late = count_of()
    minutes_percent = mean_of("in time, of those with that clock")
    days_in_time = count_of("answers within 3 working days: counter, guardian, post")
    days_late = count_of()
    days_percent = mean_of("in time, of those with that clock")
    untimed = count_of("answers of which no clock is known")


class ProgressFiguresSchema(EndingsSchema):
    """Figures of a group: carried_over + filed = approved + rejected + expired + withdrawn + open."""

    carried_over = count_of("open when the period began")


class GroupSchema(ProgressFiguresSchema):
    """A province, channel or kind."""

    code = text()
    name = text()


class OfficeLineSchema(GroupSchema):
    """An office: the one that decided, else the one that received, else the one that the form names."""

    province = ma.fields.String()


class ProgressWeekSchema(EndingsSchema):
    """A week, cut where the period begins or ends."""

    week = text(metadata={"example": "2026-W47"})
    from_ = text(data_key="from", attribute="from", metadata={"format": "date"})
    to = text(metadata={"format": "date"})


class ReasonSchema(ma.Schema):
    """A reason for rejection and how often it was given."""

    code = text()
    name = text()
    number = count_of()


class ProgressScopeSchema(ma.Schema):
    """The filters of the report; null: all."""

    province = text(allow_none=True)
    office = text(allow_none=True)
    channel = text(allow_none=True)
    kind = text(allow_none=True)


class ProgressSchema(ma.Schema):
    """A progress report (R1)."""

    period = ma.fields.Nested(PeriodSchema, required=True)
    scope = ma.fields.Nested(ProgressScopeSchema, required=True)
    made_at = text(metadata={"format": "date-time"})
    totals = ma.fields.Nested(ProgressFiguresSchema, required=True)
    provinces = ma.fields.List(ma.fields.Nested(GroupSchema), required=True)
    offices = ma.fields.List(ma.fields.Nested(OfficeLineSchema), required=True)
    channels = ma.fields.List(ma.fields.Nested(GroupSchema), required=True)
    kinds = ma.fields.List(ma.fields.Nested(GroupSchema), required=True)
    weeks = ma.fields.List(ma.fields.Nested(ProgressWeekSchema), required=True)
    reasons = ma.fields.List(ma.fields.Nested(ReasonSchema), required=True)


class PeriodicProgressSchema(PeriodicSchema):
    """A periodic report with its figures, as they were when it was made."""

    report = ma.fields.Nested(ProgressSchema, required=True, allow_none=True, attribute="figures")
