"""The facts that accounts reads from other services, with only the fields it uses."""

# ruff: noqa: RUF009  # `reads(…)` declares a field, not a default value

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields

from services.chassis.facts import Reader, reads


class Subject(Schema):
    bhxh_code = fields.String(required=True)
    personal_id = fields.String(load_default=None, allow_none=True)
    full_name = fields.String(required=True)
    date_of_birth = fields.Date(load_default=None, allow_none=True)
    id_type = fields.String(load_default=None, allow_none=True)
    id_number = fields.String(load_default=None, allow_none=True)


class Contact(Schema):
    phone = fields.String(required=True)
    email = fields.String(load_default=None, allow_none=True)
    remove_email = fields.Boolean(load_default=False)
    address = fields.Dict(keys=fields.String(), load_default=None, allow_none=True)


class Guardian(Schema):
    account_id = fields.String(required=True)
    relationship = fields.String(required=True)


class IdentityVerified(Reader, service="verification", name="identity_verified", version=1):
    """A person is who the declaration says, and wants an account, another phone number, or no account any more."""

    dossier_no: str = reads(fields.String(required=True))
    kind: str = reads(fields.String(required=True))
    route: str = reads(fields.String(required=True))
    filing: str | None = reads(fields.String(load_default=None, allow_none=True), default=None)
    subject: dict[str, Any] = reads(fields.Nested(Subject, required=True))
    contact: dict[str, Any] = reads(fields.Nested(Contact, required=True))
    guardian: dict[str, Any] | None = reads(fields.Nested(Guardian, load_default=None, allow_none=True), default=None)
    complete_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))
    decided_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))


class PasswordRequested(Reader, service="verification", name="password_requested", version=1):
    """The first password did not arrive; an officer asks for another, perhaps to another phone."""

    request_id: str = reads(fields.String(required=True))
    dossier_no: str = reads(fields.String(required=True))
    phone: str | None = reads(fields.String(required=True, allow_none=True))
    requested_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))


@dataclass(frozen=True, kw_only=True)
class SubjectAnswer:
    """What a service holds of a data subject; of an erasure what stays, and of an export the sealed records."""

    request_no: str = reads(fields.String(required=True))
    found: dict[str, int] = reads(fields.Dict(keys=fields.String(), values=fields.Integer(), required=True))
    erased: dict[str, int] = reads(fields.Dict(keys=fields.String(), values=fields.Integer(), required=True))
    staying: list[dict[str, Any]] = reads(fields.List(fields.Dict(keys=fields.String()), required=True))
    sealed_records: list[str] | None = reads(fields.List(fields.String(), load_default=None, allow_none=True), default=None)


class RegistrationAnswered(SubjectAnswer, Reader, service="registration", name="data_subject_answered", version=1):
    pass


class VerificationAnswered(SubjectAnswer, Reader, service="verification", name="data_subject_answered", version=1):
    pass


class FeedbackAnswered(SubjectAnswer, Reader, service="feedback", name="data_subject_answered", version=1):
    pass


class NotificationsAnswered(SubjectAnswer, Reader, service="notifications", name="data_subject_answered", version=1):
    pass
