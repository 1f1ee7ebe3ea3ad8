"""The facts that notifications reads from other services, with only the fields its messages need.

The file has more than 250 lines: one short class for each fact that becomes a message.
"""

# ruff: noqa: RUF009  # `reads(…)` declares a field, not a default value

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from marshmallow import Schema, fields

from services.chassis.facts import Reader, reads
from services.notifications.messages.parts import (
    Addressee,
    Attachment,
    Contact,
    DatedCorrection,
    Filer,
    Named,
    Office,
    OnDuty,
    Parent,
    ProgressTotals,
    Recipient,
    Subject,
    Totals,
)


def _text(*, allow_none: bool = False) -> Any:
    if allow_none:
        return reads(fields.String(load_default=None, allow_none=True), default=None)
    return reads(fields.String(required=True))


def _moment(*, allow_none: bool = False) -> Any:
    return reads(fields.AwareDateTime(required=True, allow_none=allow_none, format="iso"))


def _day() -> Any:
    return reads(fields.Date(load_default=None, allow_none=True), default=None)


def _nested(schema: type[Schema], *, allow_none: bool = False) -> Any:
    return reads(fields.Nested(schema, required=True, allow_none=allow_none))


@dataclass(frozen=True, kw_only=True)
class OfDossier:
    """A fact about a dossier, for its person."""

    dossier_no: str = _text()
    contact: dict[str, Any] = _nested(Contact)


@dataclass(frozen=True, kw_only=True)
class OfAccount:
    """A fact about an account, for its holder."""

    account_id: str = _text()
    contact: dict[str, Any] = _nested(Contact)
    #: the masked user name; None in facts of earlier releases
    account_hint: str | None = _text(allow_none=True)


@dataclass(frozen=True, kw_only=True)
class OfComplaint:
    """A fact about a complaint."""

    complaint_no: str = _text()
    office: dict[str, Any] = _nested(Named)


@dataclass(frozen=True, kw_only=True)
class ForFiler(OfComplaint):
    """A fact about a complaint, for its filer; ``contact`` is None if they left no address."""

    contact: dict[str, Any] | None = _nested(Filer, allow_none=True)


@dataclass(frozen=True, kw_only=True)
class ForStaff(OfComplaint):
    """A fact about a complaint, for the staff named in ``staff``."""

    board_name: str = _text()
    category_name: str = _text()
    staff: list[dict[str, Any]] = reads(fields.List(fields.Nested(Addressee), required=True))


@dataclass(frozen=True, kw_only=True)
class OfCase:
    """A fact about the legal clock of a dossier, for the staff named in ``staff``."""

    dossier_no: str = _text()
    office_code: str = _text()
    office_name: str = _text()
    complete_at: datetime = _moment()
    due_at: datetime = _moment()
    staff: list[dict[str, Any]] = reads(fields.List(fields.Nested(Addressee), required=True))


class DeclarationSubmitted(OfDossier, Reader, service="registration", name="declaration_submitted", version=1):
    phone_proved: bool = reads(fields.Boolean(load_default=True), default=True)
    kind: str = _text()
    route: str = _text()
    filing: str | None = _text(allow_none=True)
    expires_at: datetime | None = _moment(allow_none=True)
    subject: dict[str, Any] = _nested(Subject)
    parent: dict[str, Any] | None = reads(fields.Nested(Parent, load_default=None, allow_none=True), default=None)
    sealed_form_link: str | None = _text(allow_none=True)


class AttachmentAdded(OfDossier, Reader, service="registration", name="attachment_added", version=1):
    attachment: dict[str, Any] = _nested(Attachment)
    full_name: str = _text()
    last_day: date | None = _day()
    made_for: str | None = _text(allow_none=True)
    filing: str | None = _text(allow_none=True)


class DeclarationExpiring(OfDossier, Reader, service="registration", name="declaration_expiring", version=1):
    route: str = _text()
    filing: str | None = _text(allow_none=True)
    expires_at: datetime = _moment()


class DeclarationExtended(OfDossier, Reader, service="registration", name="declaration_extended", version=1):
    expires_at: datetime = _moment()
    last_day: date | None = _day()
    previous_last_day: date | None = _day()


class PicturesAwaited(OfDossier, Reader, service="registration", name="pictures_awaited", version=1):
    full_name: str = _text()
    pictures: list[str] = reads(fields.List(fields.String(), required=True))
    expires_at: datetime = _moment()


class DeclarationUnfinished(OfDossier, Reader, service="registration", name="declaration_unfinished", version=1):
    route: str = _text()


class DeclarationExpired(OfDossier, Reader, service="registration", name="declaration_expired", version=1):
    route: str = _text()
    filing: str | None = _text(allow_none=True)
    last_day: date | None = _day()


class DeclarationWithdrawn(Reader, service="registration", name="declaration_withdrawn", version=1):
    dossier_no: str = _text()
    superseded_by: str | None = _text(allow_none=True)
    #: of one superseded
    contact: dict[str, Any] | None = reads(fields.Nested(Contact, load_default=None, allow_none=True), default=None)


class PhoneCodeIssued(Reader, service="registration", name="phone_code_issued", version=1):
    draft_id: str = _text()
    code_id: str = _text()
    contact: dict[str, Any] = _nested(Contact)
    #: None where it is told again after the box was handed over
    sealed_code: str | None = _text(allow_none=True)
    expires_at: datetime = _moment()


class PhoneConfirmed(Reader, service="verification", name="phone_confirmed", version=1):
    dossier_no: str = _text()


class DeclarationRejected(OfDossier, Reader, service="verification", name="declaration_rejected", version=1):
    route: str = _text()
    filing: str | None = _text(allow_none=True)
    subject: dict[str, Any] = _nested(Subject)
    office: dict[str, Any] = _nested(Office)
    complete_at: datetime = _moment()
    reason: str = _text()
    phone_proved: bool | None = reads(fields.Boolean(load_default=None, allow_none=True), default=None)


class CodeNotFound(OfDossier, Reader, service="verification", name="code_not_found", version=1):
    route: str = _text()
    full_name: str = _text()


class IdentityQuestioned(OfDossier, Reader, service="verification", name="identity_questioned", version=1):
    route: str = _text()
    full_name: str = _text()
    #: name_differs, birth_differs, identity_in_use; anything else is told in general words
    what: str = _text()


class VisitRequested(OfDossier, Reader, service="verification", name="visit_requested", version=1):
    full_name: str = _text()


class CaseDueSoon(OfCase, Reader, service="verification", name="case_due_soon", version=1):
    pass


class CaseOverdue(OfCase, Reader, service="verification", name="case_overdue", version=1):
    level: int = reads(fields.Integer(required=True))


class AccountActivated(OfDossier, Reader, service="accounts", name="account_activated", version=1):
    account_id: str = _text()
    route: str = _text()
    filing: str | None = _text(allow_none=True)
    bhxh_code: str = _text()
    full_name: str = _text()
    #: None where it is told again after the box was handed over
    sealed_credential: str | None = _text(allow_none=True)
    guardian_account_id: str | None = reads(fields.String(required=True, allow_none=True))
    complete_at: datetime = _moment()


class FirstPasswordRenewed(OfDossier, Reader, service="accounts", name="first_password_renewed", version=1):
    account_id: str = _text()
    bhxh_code: str = _text()
    full_name: str = _text()
    #: None where it is told again after the box was handed over
    sealed_credential: str | None = _text(allow_none=True)
    guardian_account_id: str | None = reads(fields.String(required=True, allow_none=True))


class AccountAdjusted(OfDossier, Reader, service="accounts", name="account_adjusted", version=1):
    bhxh_code: str = _text()
    adjusted_at: datetime = _moment()
    #: what was changed; None in facts of earlier releases
    changed: list[str] | None = reads(fields.List(fields.String(), load_default=None, allow_none=True), default=None)
    previous_contact: dict[str, Any] | None = reads(fields.Nested(Contact, load_default=None, allow_none=True), default=None)


class AccountStopped(OfDossier, Reader, service="accounts", name="account_stopped", version=1):
    bhxh_code: str = _text()
    stopped_at: datetime = _moment()


class DeclarationWithoutEffect(OfDossier, Reader, service="accounts", name="declaration_without_effect", version=1):
    kind: str = _text()
    bhxh_code: str = _text()


class OtpIssued(OfAccount, Reader, service="accounts", name="otp_issued", version=1):
    otp_id: str = _text()
    purpose: str = _text()
    sealed_code: str | None = _text(allow_none=True)
    expires_at: datetime = _moment()


class PasswordChanged(OfAccount, Reader, service="accounts", name="password_changed", version=1):
    changed_at: datetime = _moment()


class PasswordReset(OfAccount, Reader, service="accounts", name="password_reset", version=1):
    reset_at: datetime = _moment()


class PasswordExpiring(OfAccount, Reader, service="accounts", name="password_expiring", version=1):
    expires_at: datetime = _moment()


class SessionRevoked(OfAccount, Reader, service="accounts", name="session_revoked", version=1):
    session_id: str = _text()
    reason: str = _text()
    revoked_at: datetime = _moment()
    tokens_until: datetime = _moment()


class ComplaintReceived(ForStaff, ForFiler, Reader, service="feedback", name="complaint_received", version=1):
    received_at: datetime = _moment()
    acknowledge_due: datetime = _moment()
    answer_due: datetime = _moment()
    #: None: no code is sent; empty where it is told again after the box was handed over
    sealed_tracking: str | None = reads(fields.String(load_default="", allow_none=True), default="")


class UrgentComplaint(OfComplaint, Reader, service="feedback", name="urgent_complaint", version=1):
    received_at: datetime = _moment()
    answer_due: datetime = _moment()
    duty: list[dict[str, Any]] = reads(fields.List(fields.Nested(OnDuty), required=True))


class ComplaintMarked(ForStaff, Reader, service="feedback", name="complaint_marked", version=1):
    answer_due: datetime = _moment()


class ComplaintRecategorised(ForStaff, Reader, service="feedback", name="complaint_recategorised", version=1):
    answer_due: datetime = _moment()


class QuestionAsked(ForFiler, Reader, service="feedback", name="question_asked", version=1):
    question: str = _text()
    answer_until: datetime = _moment()


class CoordinationRequested(ForStaff, Reader, service="feedback", name="coordination_requested", version=1):
    due_at: datetime = _moment()


class CoordinationAnswered(ForStaff, Reader, service="feedback", name="coordination_answered", version=1):
    asked_office: dict[str, Any] = _nested(Named)
    answered_at: datetime = _moment()


class ComplaintAnswered(ForStaff, ForFiler, Reader, service="feedback", name="complaint_answered", version=1):
    answer: str = _text()
    insisted: bool = reads(fields.Boolean(load_default=False), default=False)
    answered_at: datetime = _moment()
    reopen_until: datetime = _moment()


class ComplaintDueSoon(ForStaff, Reader, service="feedback", name="complaint_due_soon", version=1):
    step: str = _text()
    due_at: datetime = _moment()


class ComplaintOverdue(ForStaff, ForFiler, Reader, service="feedback", name="complaint_overdue", version=1):
    step: str = _text()
    due_at: datetime = _moment()
    level: int = reads(fields.Integer(required=True))


class ComplaintReminded(ForStaff, Reader, service="feedback", name="complaint_reminded", version=1):
    by_board: dict[str, Any] = _nested(Named)
    words: str | None = _text(allow_none=True)
    reminded_at: datetime = _moment()


class ComplaintReopened(ForStaff, ForFiler, Reader, service="feedback", name="complaint_reopened", version=1):
    answer_due: datetime = _moment()


class ReportMade(Reader, service="feedback", name="report_made", version=1):
    report_name: str = _text()
    title: str = _text()
    totals: dict[str, Any] = _nested(Totals)
    staff: list[dict[str, Any]] = reads(fields.List(fields.Nested(Addressee), required=True))


class ProgressReportMade(Reader, service="registration", name="progress_report_made", version=1):
    report_name: str = _text()
    title: str = _text()
    totals: dict[str, Any] = _nested(ProgressTotals)
    recipients: list[dict[str, Any]] = reads(fields.List(fields.Nested(Recipient), required=True))


class CalendarChanged(Reader, service="feedback", name="calendar_changed", version=1):
    corrections: list[dict[str, Any]] = reads(fields.List(fields.Nested(DatedCorrection), required=True))
