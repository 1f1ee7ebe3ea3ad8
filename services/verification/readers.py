"""The facts that verification reads from other services, with only the fields it uses."""

from datetime import date, datetime
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from services.chassis.calendar import OFF, WORK
from services.chassis.facts import Reader, reads
from services.verification.cases.declaration import Contact, Document, FormOffice, Guardian, Parent, Subject


class Person(Schema):
    """The holder of an account; `personal_id` is the one that no other open account has (V15)."""

    personal_id = fields.String(load_default=None, allow_none=True)
    date_of_birth = fields.Date(load_default=None, allow_none=True)
    id_type = fields.String(load_default=None, allow_none=True)
    id_number = fields.String(load_default=None, allow_none=True)
    address = fields.Dict(keys=fields.String(), load_default=None, allow_none=True)


class DeclarationSubmitted(Reader, service="registration", name="declaration_submitted", version=1):
    dossier_no: str = reads(fields.String(required=True))
    phone_proved: bool = reads(fields.Boolean(load_default=True), default=True)
    draft_id: str | None = reads(fields.String(load_default=None, allow_none=True), default=None)
    kind: str = reads(fields.String(required=True))
    route: str = reads(fields.String(required=True))
    channel: str = reads(fields.String(required=True))
    submitted_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))
    expires_at: datetime | None = reads(fields.AwareDateTime(required=True, allow_none=True, format="iso"))
    subject: dict[str, Any] = reads(fields.Nested(Subject, required=True))
    contact: dict[str, Any] = reads(fields.Nested(Contact, required=True))
    guardian: dict[str, Any] | None = reads(fields.Nested(Guardian, required=True, allow_none=True))
    office: dict[str, Any] = reads(fields.Nested(FormOffice, required=True))
    filing: str = reads(fields.String(required=True))
    attachments: list[dict[str, Any]] = reads(fields.List(fields.Nested(Document), required=True))
    contact_person: str | None = reads(fields.String(load_default=None, allow_none=True), default=None)
    registered_with: str | None = reads(fields.String(load_default=None, allow_none=True), default=None)
    ivan_name: str | None = reads(fields.String(load_default=None, allow_none=True), default=None)
    start_date: date | None = reads(fields.Date(load_default=None, allow_none=True), default=None)
    letters_until: datetime | None = reads(
        fields.AwareDateTime(load_default=None, allow_none=True, format="iso"), default=None
    )
    parent: dict[str, Any] | None = reads(fields.Nested(Parent, load_default=None, allow_none=True), default=None)
    warnings: list[str] = reads(fields.List(fields.String(), load_default=list), default=())


class AttachmentAdded(Reader, service="registration", name="attachment_added", version=1):
    dossier_no: str = reads(fields.String(required=True))
    attachment: dict[str, Any] = reads(fields.Nested(Document, required=True))
    added_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))
    #: the newest correction that a form, or its signed copy, knows of (V3)
    corrected_at: datetime | None = reads(
        fields.AwareDateTime(load_default=None, allow_none=True, format="iso"), default=None
    )


class DeclarationExtended(Reader, service="registration", name="declaration_extended", version=1):
    dossier_no: str = reads(fields.String(required=True))
    expires_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))


class PicturesAwaited(Reader, service="registration", name="pictures_awaited", version=1):
    dossier_no: str = reads(fields.String(required=True))
    expires_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))


class DeclarationExpired(Reader, service="registration", name="declaration_expired", version=1):
    dossier_no: str = reads(fields.String(required=True))
    expired_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))


class DeclarationWithdrawn(Reader, service="registration", name="declaration_withdrawn", version=1):
    dossier_no: str = reads(fields.String(required=True))
    withdrawn_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))
    superseded_by: str | None = reads(fields.String(load_default=None, allow_none=True), default=None)


class DeclarationGivenBack(Reader, service="registration", name="declaration_given_back", version=1):
    dossier_no: str = reads(fields.String(required=True))
    status: str = reads(fields.String(required=True))
    received_at: datetime | None = reads(fields.AwareDateTime(required=True, allow_none=True, format="iso"))
    ended_at: datetime | None = reads(fields.AwareDateTime(required=True, allow_none=True, format="iso"))
    reason_code: str | None = reads(fields.String(required=True, allow_none=True))
    reason: str | None = reads(fields.String(required=True, allow_none=True))


def _person() -> Any:
    return reads(fields.Nested(Person, load_default=None, allow_none=True), default=None)


class AccountActivated(Reader, service="accounts", name="account_activated", version=1):
    account_id: str = reads(fields.String(required=True))
    dossier_no: str = reads(fields.String(required=True))
    bhxh_code: str = reads(fields.String(required=True))
    full_name: str = reads(fields.String(required=True))
    contact: dict[str, Any] = reads(fields.Nested(Contact, required=True))
    activated_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))
    person: dict[str, Any] | None = _person()


class AccountAdjusted(Reader, service="accounts", name="account_adjusted", version=1):
    account_id: str = reads(fields.String(required=True))
    dossier_no: str = reads(fields.String(required=True))
    bhxh_code: str = reads(fields.String(required=True))
    full_name: str = reads(fields.String(required=True))
    contact: dict[str, Any] = reads(fields.Nested(Contact, required=True))
    adjusted_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))
    person: dict[str, Any] | None = _person()


class AccountStopped(Reader, service="accounts", name="account_stopped", version=1):
    account_id: str = reads(fields.String(required=True))
    bhxh_code: str = reads(fields.String(required=True))


class IdentityTaken(Reader, service="accounts", name="identity_taken", version=1):
    dossier_no: str = reads(fields.String(required=True))
    decided_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))
    account_id: str = reads(fields.String(required=True))
    bhxh_code: str = reads(fields.String(required=True))


class StaffIdentified(Reader, service="accounts", name="staff_identified", version=1):
    account_id: str = reads(fields.String(required=True))
    own_id: str = reads(fields.String(required=True))


class StaffAssigned(Reader, service="accounts", name="staff_assigned", version=1):
    account_id: str = reads(fields.String(required=True))
    full_name: str = reads(fields.String(required=True))
    email: str | None = reads(fields.String(required=True, allow_none=True))
    role: str = reads(fields.String(required=True))
    office_code: str | None = reads(fields.String(required=True, allow_none=True))
    province_code: str | None = reads(fields.String(required=True, allow_none=True))
    active: bool = reads(fields.Boolean(required=True))
    valid_from: date | None = reads(fields.Date(required=True, allow_none=True))
    valid_until: date | None = reads(fields.Date(required=True, allow_none=True))


class PasswordDeliveryReported(Reader, service="notifications", name="password_delivery_reported", version=1):
    dossier_no: str = reads(fields.String(required=True))
    outcome: str = reads(fields.String(required=True))
    code: str | None = reads(fields.String(required=True, allow_none=True))
    held: bool | None = reads(fields.Boolean(load_default=None, allow_none=True), default=None)
    reported_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))


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
