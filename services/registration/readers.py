"""The facts that registration reads from other services, with only the fields it uses."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from services.chassis.calendar import OFF, WORK
from services.chassis.facts import Reader, reads


class CasePerson(Schema):
    """The person of a case, by verification's names."""

    bhxh_code = fields.String(required=True)
    personal_id = fields.String(load_default=None, allow_none=True)
    full_name = fields.String(required=True)
    date_of_birth = fields.Date(load_default=None, allow_none=True)
    id_type = fields.String(load_default=None, allow_none=True)
    id_number = fields.String(load_default=None, allow_none=True)


class CaseGivenBack(Reader, service="verification", name="case_given_back", version=1):
    dossier_no: str = reads(fields.String(required=True))
    draft_id: str | None = reads(fields.String(load_default=None, allow_none=True), default=None)
    phone_proved: bool = reads(fields.Boolean(load_default=True), default=True)
    kind: str = reads(fields.String(required=True))
    route: str = reads(fields.String(required=True))
    channel: str = reads(fields.String(required=True))
    filing: str = reads(fields.String(required=True))
    status: str = reads(fields.String(required=True))
    submitted_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))
    expires_at: datetime | None = reads(fields.AwareDateTime(required=True, allow_none=True, format="iso"))
    received_at: datetime | None = reads(fields.AwareDateTime(required=True, allow_none=True, format="iso"))
    decided_at: datetime | None = reads(fields.AwareDateTime(required=True, allow_none=True, format="iso"))
    subject: dict[str, Any] | None = reads(fields.Nested(CasePerson, required=True, allow_none=True))
    contact: dict[str, Any] | None = reads(fields.Dict(keys=fields.String(), required=True, allow_none=True))
    guardian: dict[str, Any] | None = reads(fields.Dict(keys=fields.String(), required=True, allow_none=True))
    office: dict[str, Any] = reads(fields.Dict(keys=fields.String(), required=True))
    attachments: list[dict[str, Any]] = reads(fields.List(fields.Dict(keys=fields.String()), required=True))
    warnings: list[str] = reads(fields.List(fields.String(), required=True))
    reason_code: str | None = reads(fields.String(required=True, allow_none=True))
    reason: str | None = reads(fields.String(required=True, allow_none=True))
    parent: dict[str, Any] | None = reads(
        fields.Dict(keys=fields.String(), load_default=None, allow_none=True), default=None
    )
    particulars: dict[str, Any] | None = reads(
        fields.Dict(keys=fields.String(), load_default=None, allow_none=True), default=None
    )
    letters_until: datetime | None = reads(
        fields.AwareDateTime(load_default=None, allow_none=True, format="iso"), default=None
    )
    corrected_at: datetime | None = reads(
        fields.AwareDateTime(load_default=None, allow_none=True, format="iso"), default=None
    )


class DeclarationCorrected(Reader, service="verification", name="declaration_corrected", version=1):
    dossier_no: str = reads(fields.String(required=True))
    subject: dict[str, Any] = reads(fields.Nested(CasePerson, required=True))
    contact: dict[str, Any] = reads(fields.Dict(keys=fields.String(), required=True))
    parent: dict[str, Any] | None = reads(
        fields.Dict(keys=fields.String(), load_default=None, allow_none=True), default=None
    )
    contact_person: str | None = reads(fields.String(load_default=None, allow_none=True), default=None)
    kind: str | None = reads(fields.String(load_default=None, allow_none=True), default=None)
    corrected_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))


class DocumentSupplemented(Reader, service="verification", name="document_supplemented", version=1):
    dossier_no: str = reads(fields.String(required=True))
    attachment: dict[str, Any] = reads(fields.Dict(keys=fields.String(), required=True))


class CaseReceived(Reader, service="verification", name="case_received", version=1):
    dossier_no: str = reads(fields.String(required=True))
    received_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))
    office_code: str | None = reads(fields.String(load_default=None), default=None)


class PicturesRequested(Reader, service="verification", name="pictures_requested", version=1):
    dossier_no: str = reads(fields.String(required=True))
    pictures: list[str] = reads(fields.List(fields.String(), required=True))
    requested_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))


class PhoneConfirmed(Reader, service="verification", name="phone_confirmed", version=1):
    dossier_no: str = reads(fields.String(required=True))
    phone: str = reads(fields.String(required=True))
    confirmed_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))


class IdentityVerified(Reader, service="verification", name="identity_verified", version=1):
    dossier_no: str = reads(fields.String(required=True))
    decided_office_code: str | None = reads(fields.String(load_default=None, allow_none=True), default=None)
    complete_at: datetime | None = reads(fields.AwareDateTime(load_default=None, format="iso"), default=None)
    decided_at: datetime | None = reads(fields.AwareDateTime(load_default=None, format="iso"), default=None)


class DeclarationRejected(Reader, service="verification", name="declaration_rejected", version=1):
    dossier_no: str = reads(fields.String(required=True))
    decided_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))
    decided_office_code: str | None = reads(fields.String(load_default=None, allow_none=True), default=None)
    complete_at: datetime | None = reads(fields.AwareDateTime(load_default=None, format="iso"), default=None)
    reason_code: str = reads(fields.String(required=True))
    reason: str = reads(fields.String(required=True))


class CodeNotFound(Reader, service="verification", name="code_not_found", version=1):
    dossier_no: str = reads(fields.String(required=True))


class IdentityQuestioned(Reader, service="verification", name="identity_questioned", version=1):
    dossier_no: str = reads(fields.String(required=True))


class DeclarationWithoutEffect(Reader, service="accounts", name="declaration_without_effect", version=1):
    dossier_no: str = reads(fields.String(required=True))
    settled_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))


class AccountContact(Schema):
    phone = fields.String(required=True)
    email = fields.String(load_default=None, allow_none=True)


class AccountGivenBack(Reader, service="accounts", name="account_given_back", version=1):
    account_id: str = reads(fields.String(required=True))
    bhxh_code: str = reads(fields.String(required=True))
    full_name: str = reads(fields.String(required=True))
    contact: dict[str, Any] = reads(fields.Nested(AccountContact, required=True))


class AccountActivated(Reader, service="accounts", name="account_activated", version=1):
    account_id: str = reads(fields.String(required=True))
    dossier_no: str = reads(fields.String(required=True))
    bhxh_code: str = reads(fields.String(required=True))
    full_name: str = reads(fields.String(required=True))
    contact: dict[str, Any] = reads(fields.Nested(AccountContact, required=True))
    activated_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))


class AccountAdjusted(Reader, service="accounts", name="account_adjusted", version=1):
    account_id: str = reads(fields.String(required=True))
    dossier_no: str = reads(fields.String(required=True))
    bhxh_code: str = reads(fields.String(required=True))
    full_name: str = reads(fields.String(required=True))
    contact: dict[str, Any] = reads(fields.Nested(AccountContact, required=True))
    adjusted_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))


class AccountStopped(Reader, service="accounts", name="account_stopped", version=1):
    account_id: str = reads(fields.String(required=True))
    dossier_no: str = reads(fields.String(required=True))
    bhxh_code: str = reads(fields.String(required=True))
    full_name: str = reads(fields.String(required=True))
    contact: dict[str, Any] = reads(fields.Nested(AccountContact, required=True))
    stopped_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))


class SessionRevoked(Reader, service="accounts", name="session_revoked", version=1):
    session_id: str = reads(fields.String(required=True))
    tokens_until: datetime = reads(fields.AwareDateTime(required=True, format="iso"))


class Correction(Schema):
    """One day that differs from the usual week: off, or worked instead."""

    day = fields.Date(required=True)
    kind = fields.String(required=True, validate=OneOf((OFF, WORK)))
    why = fields.String(required=True)


class CalendarChanged(Reader, service="feedback", name="calendar_changed", version=1):
    corrections: list[dict[str, Any]] = reads(fields.List(fields.Nested(Correction), required=True))
