"""The facts about complaints, with only the fields that the messages to filers and staff need."""

# ruff: noqa: RUF009  # `reads(…)` declares a field, not a default value

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import fields

from services.chassis.facts import Reader, reads
from services.notifications.messages.fields import moment, nested, text
from services.notifications.messages.parts import Addressee, Filer, Named, OnDuty


@dataclass(frozen=True, kw_only=True)
class OfComplaint:
    """A fact about a complaint."""

    complaint_no: str = text()
    office: dict[str, Any] = nested(Named)


@dataclass(frozen=True, kw_only=True)
class ForFiler(OfComplaint):
    """A fact about a complaint, for its filer; ``contact`` is None if they left no address."""

    contact: dict[str, Any] | None = nested(Filer, allow_none=True)


@dataclass(frozen=True, kw_only=True)
class ForStaff(OfComplaint):
    """A fact about a complaint, for the staff named in ``staff``."""

    board_name: str = text()
    category_name: str = text()
    staff: list[dict[str, Any]] = reads(fields.List(fields.Nested(Addressee), required=True))


class ComplaintReceived(ForStaff, ForFiler, Reader, service="feedback", name="complaint_received", version=1):
    received_at: datetime = moment()
    acknowledge_due: datetime = moment()
    answer_due: datetime = moment()
    #: None: no code is sent; empty where it is told again after the box was handed over
    sealed_tracking: str | None = reads(fields.String(load_default="", allow_none=True), default="")


class UrgentComplaint(OfComplaint, Reader, service="feedback", name="urgent_complaint", version=1):
    received_at: datetime = moment()
    answer_due: datetime = moment()
    duty: list[dict[str, Any]] = reads(fields.List(fields.Nested(OnDuty), required=True))


class ComplaintMarked(ForStaff, Reader, service="feedback", name="complaint_marked", version=1):
    answer_due: datetime = moment()


class ComplaintRecategorised(ForStaff, Reader, service="feedback", name="complaint_recategorised", version=1):
    answer_due: datetime = moment()


class QuestionAsked(ForFiler, Reader, service="feedback", name="question_asked", version=1):
    question: str = text()
    answer_until: datetime = moment()


class CoordinationRequested(ForStaff, Reader, service="feedback", name="coordination_requested", version=1):
    due_at: datetime = moment()


class CoordinationAnswered(ForStaff, Reader, service="feedback", name="coordination_answered", version=1):
    asked_office: dict[str, Any] = nested(Named)
    answered_at: datetime = moment()


class ComplaintAnswered(ForStaff, ForFiler, Reader, service="feedback", name="complaint_answered", version=1):
    answer: str = text()
    insisted: bool = reads(fields.Boolean(load_default=False), default=False)
    answered_at: datetime = moment()
    reopen_until: datetime = moment()


class ComplaintClosed(Reader, service="feedback", name="complaint_closed", version=1):
    complaint_no: str = text()


class ComplaintDueSoon(ForStaff, Reader, service="feedback", name="complaint_due_soon", version=1):
    step: str = text()
    due_at: datetime = moment()


class ComplaintOverdue(ForStaff, ForFiler, Reader, service="feedback", name="complaint_overdue", version=1):
    step: str = text()
    due_at: datetime = moment()
    level: int = reads(fields.Integer(required=True))


class ComplaintReminded(ForStaff, Reader, service="feedback", name="complaint_reminded", version=1):
    by_board: dict[str, Any] = nested(Named)
    words: str | None = text(allow_none=True)
    reminded_at: datetime = moment()


class ComplaintReopened(ForStaff, ForFiler, Reader, service="feedback", name="complaint_reopened", version=1):
    answer_due: datetime = moment()
