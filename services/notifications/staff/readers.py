"""The facts that are told to staff: a late dossier, a report that was made; with only the fields that the e-mails need."""

# ruff: noqa: RUF009  # `reads(…)` declares a field, not a default value

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import fields

from services.chassis.facts import Reader, reads
from services.notifications.messages.fields import moment, nested, text
from services.notifications.messages.parts import Addressee, ProgressTotals, Recipient, Totals


@dataclass(frozen=True, kw_only=True)
class OfCase:
    """A fact about the legal clock of a dossier, for the staff named in ``staff``."""

    dossier_no: str = text()
    office_code: str = text()
    office_name: str = text()
    complete_at: datetime = moment()
    due_at: datetime = moment()
    staff: list[dict[str, Any]] = reads(fields.List(fields.Nested(Addressee), required=True))


class CaseDueSoon(OfCase, Reader, service="verification", name="case_due_soon", version=1):
    pass


class CaseOverdue(OfCase, Reader, service="verification", name="case_overdue", version=1):
    level: int = reads(fields.Integer(required=True))


class ReportMade(Reader, service="feedback", name="report_made", version=1):
    report_name: str = text()
    title: str = text()
    totals: dict[str, Any] = nested(Totals)
    staff: list[dict[str, Any]] = reads(fields.List(fields.Nested(Addressee), required=True))


class ProgressReportMade(Reader, service="registration", name="progress_report_made", version=1):
    report_name: str = text()
    title: str = text()
    totals: dict[str, Any] = nested(ProgressTotals)
    recipients: list[dict[str, Any]] = reads(fields.List(fields.Nested(Recipient), required=True))
