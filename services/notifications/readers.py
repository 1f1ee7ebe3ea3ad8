"""What notifications reads from the others: only the fields that messages are made of."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields

from services.chassis.facts import Reader, reads


class Contact(Schema):
    """Where somebody is reached; for a child filed by a guardian it is the guardian's already."""

    phone = fields.String(required=True)
    email = fields.String(load_default=None, allow_none=True)


class Subject(Schema):
    """The person that a dossier is about."""

    bhxh_code = fields.String(required=True)
    full_name = fields.String(required=True)


class Office(Schema):
    """The office that the form named."""

    name = fields.String(required=True)
    address = fields.String(load_default="")
    phone = fields.String(load_default="")


class Attachment(Schema):
    """A document by claim check."""

    kind = fields.String(required=True)
    document_id = fields.String(required=True)
    sha256 = fields.String(required=True)


def _text() -> Any:
    return reads(fields.String(required=True))


def _moment(*, allow_none: bool = False) -> Any:
    return reads(fields.AwareDateTime(required=True, allow_none=allow_none, format="iso"))


def _contact() -> Any:
    return reads(fields.Nested(Contact, required=True))


class DeclarationSubmitted(Reader, service="registration", name="declaration_submitted", version=1):
    dossier_no: str = _text()
    kind: str = _text()
    route: str = _text()
    expires_at: datetime | None = _moment(allow_none=True)
    subject: dict[str, Any] = reads(fields.Nested(Subject, required=True))
    contact: dict[str, Any] = _contact()


class AttachmentAdded(Reader, service="registration", name="attachment_added", version=1):
    dossier_no: str = _text()
    attachment: dict[str, Any] = reads(fields.Nested(Attachment, required=True))
    full_name: str = _text()
    contact: dict[str, Any] = _contact()


class DeclarationExpiring(Reader, service="registration", name="declaration_expiring", version=1):
    dossier_no: str = _text()
    expires_at: datetime = _moment()
    contact: dict[str, Any] = _contact()


class DeclarationExpired(Reader, service="registration", name="declaration_expired", version=1):
    dossier_no: str = _text()
    contact: dict[str, Any] = _contact()


class DeclarationRejected(Reader, service="verification", name="declaration_rejected", version=1):
    dossier_no: str = _text()
    route: str = _text()
    subject: dict[str, Any] = reads(fields.Nested(Subject, required=True))
    contact: dict[str, Any] = _contact()
    office: dict[str, Any] = reads(fields.Nested(Office, required=True))
    complete_at: datetime = _moment()
    reason: str = _text()


class CodeNotFound(Reader, service="verification", name="code_not_found", version=1):
    dossier_no: str = _text()
    route: str = _text()
    full_name: str = _text()
    contact: dict[str, Any] = _contact()


class AccountActivated(Reader, service="accounts", name="account_activated", version=1):
    account_id: str = _text()
    dossier_no: str = _text()
    route: str = _text()
    bhxh_code: str = _text()
    full_name: str = _text()
    contact: dict[str, Any] = _contact()
    sealed_credential: str = _text()
    guardian_account_id: str | None = reads(fields.String(required=True, allow_none=True))
    complete_at: datetime = _moment()


class AccountAdjusted(Reader, service="accounts", name="account_adjusted", version=1):
    dossier_no: str = _text()
    bhxh_code: str = _text()
    contact: dict[str, Any] = _contact()


class AccountStopped(Reader, service="accounts", name="account_stopped", version=1):
    dossier_no: str = _text()
    bhxh_code: str = _text()
    contact: dict[str, Any] = _contact()
    stopped_at: datetime = _moment()


class OtpIssued(Reader, service="accounts", name="otp_issued", version=1):
    account_id: str = _text()
    otp_id: str = _text()
    purpose: str = _text()
    contact: dict[str, Any] = _contact()
    sealed_code: str = _text()
    expires_at: datetime = _moment()


class PasswordChanged(Reader, service="accounts", name="password_changed", version=1):
    account_id: str = _text()
    contact: dict[str, Any] = _contact()
    changed_at: datetime = _moment()


class PasswordReset(Reader, service="accounts", name="password_reset", version=1):
    account_id: str = _text()
    contact: dict[str, Any] = _contact()
    reset_at: datetime = _moment()


class PasswordExpiring(Reader, service="accounts", name="password_expiring", version=1):
    account_id: str = _text()
    contact: dict[str, Any] = _contact()
    expires_at: datetime = _moment()


class SessionRevoked(Reader, service="accounts", name="session_revoked", version=1):
    account_id: str = _text()
    session_id: str = _text()
    reason: str = _text()
    contact: dict[str, Any] = _contact()
    revoked_at: datetime = _moment()
    tokens_until: datetime = _moment()
