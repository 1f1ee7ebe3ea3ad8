"""What notifications reads from feedback: whom to tell, and only the fields that the texts are made of."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields

from services.chassis.facts import Reader, reads


class Filer(Schema):
    """Where whoever filed is reached: by phone, e-mail, both, or not at all."""

    phone = fields.String(load_default=None, allow_none=True)
    email = fields.String(load_default=None, allow_none=True)
    full_name = fields.String(load_default=None, allow_none=True)


class Addressee(Schema):
    """Somebody of the staff: the accountable director, a board, an office that is asked, the IT centre."""

    role = fields.String(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)


class Named(Schema):
    """An office or a board."""

    name = fields.String(required=True)


class Totals(Schema):
    """The figures of a report, of the whole country."""

    received = fields.Integer(required=True)
    settled = fields.Integer(required=True)
    settled_in_time = fields.Integer(required=True)
    settled_late = fields.Integer(required=True)
    open = fields.Integer(required=True)
    open_late = fields.Integer(required=True)
    reopened = fields.Integer(required=True)
    rating = fields.Float(required=True, allow_none=True)


def _text() -> Any:
    return reads(fields.String(required=True))


def _text_or_none() -> Any:
    return reads(fields.String(load_default=None, allow_none=True), default=None)


def _moment() -> Any:
    return reads(fields.AwareDateTime(required=True, format="iso"))


def _named() -> Any:
    return reads(fields.Nested(Named, required=True))


def _filer() -> Any:
    return reads(fields.Nested(Filer, required=True, allow_none=True))


def _staff() -> Any:
    return reads(fields.List(fields.Nested(Addressee), required=True))


class ComplaintReceived(Reader, service="feedback", name="complaint_received", version=1):
    complaint_no: str = _text()
    office: dict[str, Any] = _named()
    board_name: str = _text()
    category_name: str = _text()
    received_at: datetime = _moment()
    acknowledge_due: datetime = _moment()
    answer_due: datetime = _moment()
    sealed_tracking: str | None = _text_or_none()
    contact: dict[str, Any] | None = _filer()
    staff: list[dict[str, Any]] = _staff()


class ComplaintRecategorised(Reader, service="feedback", name="complaint_recategorised", version=1):
    complaint_no: str = _text()
    office: dict[str, Any] = _named()
    board_name: str = _text()
    category_name: str = _text()
    answer_due: datetime = _moment()
    staff: list[dict[str, Any]] = _staff()


class QuestionAsked(Reader, service="feedback", name="question_asked", version=1):
    complaint_no: str = _text()
    office: dict[str, Any] = _named()
    question: str = _text()
    answer_until: datetime = _moment()
    contact: dict[str, Any] | None = _filer()


class CoordinationRequested(Reader, service="feedback", name="coordination_requested", version=1):
    complaint_no: str = _text()
    office: dict[str, Any] = _named()
    board_name: str = _text()
    category_name: str = _text()
    due_at: datetime = _moment()
    staff: list[dict[str, Any]] = _staff()


class CoordinationAnswered(Reader, service="feedback", name="coordination_answered", version=1):
    complaint_no: str = _text()
    office: dict[str, Any] = _named()
    asked_office: dict[str, Any] = _named()
    board_name: str = _text()
    category_name: str = _text()
    answered_at: datetime = _moment()
    staff: list[dict[str, Any]] = _staff()


class ComplaintAnswered(Reader, service="feedback", name="complaint_answered", version=1):
    complaint_no: str = _text()
    office: dict[str, Any] = _named()
    board_name: str = _text()
    category_name: str = _text()
    answer: str = _text()
    answered_at: datetime = _moment()
    reopen_until: datetime = _moment()
    contact: dict[str, Any] | None = _filer()
    staff: list[dict[str, Any]] = _staff()


class ComplaintDueSoon(Reader, service="feedback", name="complaint_due_soon", version=1):
    complaint_no: str = _text()
    office: dict[str, Any] = _named()
    board_name: str = _text()
    category_name: str = _text()
    step: str = _text()
    due_at: datetime = _moment()
    staff: list[dict[str, Any]] = _staff()


class ComplaintOverdue(Reader, service="feedback", name="complaint_overdue", version=1):
    complaint_no: str = _text()
    office: dict[str, Any] = _named()
    board_name: str = _text()
    category_name: str = _text()
    step: str = _text()
    due_at: datetime = _moment()
    level: int = reads(fields.Integer(required=True))
    contact: dict[str, Any] | None = _filer()
    staff: list[dict[str, Any]] = _staff()


class ComplaintReminded(Reader, service="feedback", name="complaint_reminded", version=1):
    complaint_no: str = _text()
    office: dict[str, Any] = _named()
    by_board: dict[str, Any] = _named()
    board_name: str = _text()
    category_name: str = _text()
    words: str | None = _text_or_none()
    reminded_at: datetime = _moment()
    staff: list[dict[str, Any]] = _staff()


class ComplaintReopened(Reader, service="feedback", name="complaint_reopened", version=1):
    complaint_no: str = _text()
    office: dict[str, Any] = _named()
    board_name: str = _text()
    category_name: str = _text()
    answer_due: datetime = _moment()
    contact: dict[str, Any] | None = _filer()
    staff: list[dict[str, Any]] = _staff()


class ReportMade(Reader, service="feedback", name="report_made", version=1):
    report_name: str = _text()
    title: str = _text()
    totals: dict[str, Any] = reads(fields.Nested(Totals, required=True))
    staff: list[dict[str, Any]] = _staff()
