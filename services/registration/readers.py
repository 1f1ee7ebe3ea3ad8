"""The facts that registration reads from other services, with only the fields it uses."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from services.chassis.calendar import OFF, WORK
from services.chassis.facts import Reader, reads


class CaseReceived(Reader, service="verification", name="case_received", version=1):
    dossier_no: str = reads(fields.String(required=True))
    received_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))


class IdentityVerified(Reader, service="verification", name="identity_verified", version=1):
    dossier_no: str = reads(fields.String(required=True))


class DeclarationRejected(Reader, service="verification", name="declaration_rejected", version=1):
    dossier_no: str = reads(fields.String(required=True))
    decided_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))
    reason_code: str = reads(fields.String(required=True))
    reason: str = reads(fields.String(required=True))


class CodeNotFound(Reader, service="verification", name="code_not_found", version=1):
    dossier_no: str = reads(fields.String(required=True))


class AccountActivated(Reader, service="accounts", name="account_activated", version=1):
    account_id: str = reads(fields.String(required=True))
    dossier_no: str = reads(fields.String(required=True))
    bhxh_code: str = reads(fields.String(required=True))
    activated_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))


class AccountAdjusted(Reader, service="accounts", name="account_adjusted", version=1):
    account_id: str = reads(fields.String(required=True))
    dossier_no: str = reads(fields.String(required=True))
    bhxh_code: str = reads(fields.String(required=True))
    adjusted_at: datetime = reads(fields.AwareDateTime(required=True, format="iso"))


class AccountStopped(Reader, service="accounts", name="account_stopped", version=1):
    account_id: str = reads(fields.String(required=True))
    dossier_no: str = reads(fields.String(required=True))
    bhxh_code: str = reads(fields.String(required=True))
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
