"""What accounts tells: see docs/facts/events.md for the catalogue made of this.

Only the three facts about a dossier have public fields; the others are nobody's business outside.
"""

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from services.chassis.facts import Fact, private, public

ROUTES = ("portal", "certificate", "counter", "guardian")
OTP_PURPOSES = ("password_change", "takeover", "password_reset")
REVOKE_REASONS = ("signed_out", "takeover", "password_changed", "password_reset", "account_stopped", "locked")


class Contact(Schema):
    """Where the holder, or a child's guardian, is reached. `phone` in E.164."""

    phone = fields.String(required=True)
    email = fields.String(load_default=None, allow_none=True)


_NO = "261121-000001-6"
_ID = "019aa5b5-c0de-7000-a000-00000000000a"
_CONTACT = {"phone": "+84983847986", "email": "biennt@vss.gov.vn"}
_NAME = "Nguyễn Thành Biên"


class AccountActivated(
    Fact,
    name="account_activated",
    version=1,
    subject="dossier_no",
    example={
        "account_id": _ID,
        "dossier_no": _NO,
        "route": "portal",
        "bhxh_code": "0113099841",
        "full_name": _NAME,
        "contact": _CONTACT,
        "sealed_credential": "AQ" * 60,
        "guardian_account_id": None,
        "complete_at": "2026-11-23T10:05:00+07:00",
        "activated_at": "2026-11-23T10:06:01+07:00",
    },
):
    """An account is open; its first password is in the box, for notifications only (A2).

    The box holds `{"password": "…"}`, sealed with the context `first-password:<account_id>`.
    """

    account_id: str = private(fields.String(required=True))
    dossier_no: str = public(fields.String(required=True))
    route: str = public(fields.String(required=True, validate=OneOf(ROUTES)))
    bhxh_code: str = private(fields.String(required=True))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    sealed_credential: str = private(fields.String(required=True))
    guardian_account_id: str | None = private(fields.String(required=True, allow_none=True))
    complete_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    activated_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))


class AccountAdjusted(
    Fact,
    name="account_adjusted",
    version=1,
    subject="dossier_no",
    example={
        "account_id": _ID,
        "dossier_no": _NO,
        "bhxh_code": "0113099841",
        "full_name": _NAME,
        "contact": _CONTACT,
        "adjusted_at": "2026-11-23T10:06:01+07:00",
    },
):
    """An open account is as the dossier left it (A9): an `adjust` changed the contact data; or a `register` found that the
    person has an account (A1), and changed nothing: no second account, no new password. `contact` is the account's own.
    """

    account_id: str = private(fields.String(required=True))
    dossier_no: str = public(fields.String(required=True))
    bhxh_code: str = private(fields.String(required=True))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    adjusted_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))


class AccountStopped(
    Fact,
    name="account_stopped",
    version=1,
    subject="dossier_no",
    example={
        "account_id": _ID,
        "dossier_no": _NO,
        "bhxh_code": "0113099841",
        "full_name": _NAME,
        "contact": _CONTACT,
        "stopped_at": "2026-11-23T10:06:01+07:00",
    },
):
    """An account is closed by a `stop` (A9)."""

    account_id: str = private(fields.String(required=True))
    dossier_no: str = public(fields.String(required=True))
    bhxh_code: str = private(fields.String(required=True))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    stopped_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))


class OtpIssued(
    Fact,
    name="otp_issued",
    version=1,
    subject="account_id",
    example={
        "account_id": _ID,
        "otp_id": "019aa5b5-c0de-7000-a000-00000000000b",
        "purpose": "password_change",
        "contact": _CONTACT,
        "sealed_code": "AQ" * 60,
        "issued_at": "2026-11-23T10:10:00+07:00",
        "expires_at": "2026-11-23T10:15:00+07:00",
    },
):
    """A one-time code is on its way, by SMS only; useless after `expires_at` (A5, A7, A8).

    The box holds `{"code": "123456"}`, sealed with the context `otp:<otp_id>`.
    """

    account_id: str = private(fields.String(required=True))
    otp_id: str = private(fields.String(required=True))
    purpose: str = private(fields.String(required=True, validate=OneOf(OTP_PURPOSES)))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    sealed_code: str = private(fields.String(required=True))
    issued_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))
    expires_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))


class PasswordChanged(
    Fact,
    name="password_changed",
    version=1,
    subject="account_id",
    example={"account_id": _ID, "contact": _CONTACT, "changed_at": "2026-11-23T10:12:00+07:00"},
):
    """The holder chose another password, confirmed by an OTP (A5)."""

    account_id: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    changed_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))


class PasswordReset(
    Fact,
    name="password_reset",
    version=1,
    subject="account_id",
    example={"account_id": _ID, "contact": _CONTACT, "reset_at": "2026-11-23T10:12:00+07:00"},
):
    """A forgotten password was replaced, confirmed by an OTP (A8)."""

    account_id: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    reset_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))


class PasswordExpiring(
    Fact,
    name="password_expiring",
    version=1,
    subject="account_id",
    example={"account_id": _ID, "contact": _CONTACT, "expires_at": "2027-05-23T10:12:00+07:00"},
):
    """The password is nearly six months old (A4)."""

    account_id: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    expires_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))


class SessionRevoked(
    Fact,
    name="session_revoked",
    version=1,
    subject="account_id",
    example={
        "account_id": _ID,
        "session_id": "019aa5b5-c0de-7000-a000-00000000000c",
        "reason": "takeover",
        "contact": _CONTACT,
        "revoked_at": "2026-11-23T10:20:00+07:00",
        "tokens_until": "2026-11-23T10:35:00+07:00",
    },
):
    """A session is over; no service takes its tokens any more (A7). With `takeover` another device has signed in."""

    account_id: str = private(fields.String(required=True))
    session_id: str = private(fields.String(required=True))
    reason: str = private(fields.String(required=True, validate=OneOf(REVOKE_REASONS)))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    revoked_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))
    tokens_until: datetime = private(fields.AwareDateTime(required=True, format="iso"))


FACTS = (
    AccountActivated,
    AccountAdjusted,
    AccountStopped,
    OtpIssued,
    PasswordChanged,
    PasswordReset,
    PasswordExpiring,
    SessionRevoked,
)
