"""What the facts of all services say of a periodic report that was made."""
# ruff: noqa: RUF009  # `public(…)` declares a field, not a default value

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from marshmallow import fields
from marshmallow.validate import OneOf

from services.chassis.facts import public
from services.chassis.reports.period import KINDS
from services.chassis.reports.periodic import Periodic

#: an example of `AboutReport`
REPORT = {
    "report_name": "weekly-2026-W47",
    "kind": "weekly",
    "title": "Tuần 47 năm 2026 (16/11/2026 - 22/11/2026)",
    "first_day": "2026-11-16",
    "last_day": "2026-11-22",
    "made_at": "2026-11-23T06:00:00+07:00",
}


@dataclass(frozen=True, kw_only=True)
class AboutReport:
    """The fields at the head of every such fact; `header` fills them in."""

    report_name: str = public(fields.String(required=True))
    kind: str = public(fields.String(required=True, validate=OneOf(KINDS)))
    title: str = public(fields.String(required=True))
    first_day: date = public(fields.Date(required=True))
    last_day: date = public(fields.Date(required=True))
    made_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))


def header(report: Periodic, made_at: datetime) -> dict[str, Any]:
    """Return the fields of `AboutReport`."""
    days = {"first_day": report.first_day, "last_day": report.period.last}
    return {"report_name": report.full_name, "kind": report.kind, "title": report.title, **days, "made_at": made_at}


def number() -> fields.Integer:
    """Return the field of one of its totals, for everybody to see."""
    return fields.Integer(required=True, metadata={"public": True})
