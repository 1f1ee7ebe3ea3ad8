"""The fact that sends a one-time code to its owner."""

from datetime import datetime
from typing import Any

from marshmallow import fields
from marshmallow.validate import OneOf

from services.accounts.accounts.facts import ACCOUNT_HINT_EXAMPLE, ACCOUNT_ID_EXAMPLE, CONTACT_EXAMPLE, Contact, account_hint
from services.chassis.facts import Fact, private, secret

CHANGE, TAKEOVER, RESET = OTP_PURPOSES = ("password_change", "takeover", "password_reset")


class OtpIssued(
    Fact,
    name="otp_issued",
    version=1,
    subject="account_id",
    example={
        "account_id": ACCOUNT_ID_EXAMPLE,
        "otp_id": "019aa5b5-c0de-7000-a000-00000000000b",
        "purpose": "password_change",
        "contact": CONTACT_EXAMPLE,
        "account_hint": ACCOUNT_HINT_EXAMPLE,
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
    account_hint: str | None = account_hint()
    sealed_code: str = secret(fields.String(required=True))
    issued_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))
    expires_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))
