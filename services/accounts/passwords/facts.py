"""Facts about passwords chosen by their holders."""

from datetime import datetime
from typing import Any

from marshmallow import fields

from services.accounts.accounts.facts import ACCOUNT_HINT_EXAMPLE, ACCOUNT_ID_EXAMPLE, CONTACT_EXAMPLE, Contact, account_hint
from services.chassis.facts import Fact, private, secret


class PasswordChanged(
    Fact,
    name="password_changed",
    version=1,
    subject="account_id",
    example={
        "account_id": ACCOUNT_ID_EXAMPLE,
        "contact": CONTACT_EXAMPLE,
        "account_hint": ACCOUNT_HINT_EXAMPLE,
        "changed_at": "2026-11-23T10:12:00+07:00",
    },
):
    """The holder chose another password, confirmed by an OTP (A5)."""

    account_id: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    account_hint: str | None = account_hint()
    changed_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))


class PasswordReset(
    Fact,
    name="password_reset",
    version=1,
    subject="account_id",
    example={
        "account_id": ACCOUNT_ID_EXAMPLE,
        "contact": CONTACT_EXAMPLE,
        "account_hint": ACCOUNT_HINT_EXAMPLE,
        "reset_at": "2026-11-23T10:12:00+07:00",
    },
):
    """A forgotten password was replaced, confirmed by an OTP (A8)."""

    account_id: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    account_hint: str | None = account_hint()
    reset_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))


class PasswordExpiring(
    Fact,
    name="password_expiring",
    version=1,
    subject="account_id",
    example={
        "account_id": ACCOUNT_ID_EXAMPLE,
        "contact": CONTACT_EXAMPLE,
        "account_hint": ACCOUNT_HINT_EXAMPLE,
        "expires_at": "2027-05-23T10:12:00+07:00",
    },
):
    """The password is nearly six months old (A4)."""

    account_id: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    account_hint: str | None = account_hint()
    expires_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))


class FirstPasswordRenewed(
    Fact,
    name="first_password_renewed",
    version=1,
    subject="account_id",
    example={
        "account_id": ACCOUNT_ID_EXAMPLE,
        "dossier_no": "261121-000001-6",
        "bhxh_code": "0113099841",
        "full_name": "Nguyễn Thành Biên",
        "contact": CONTACT_EXAMPLE,
        "sealed_credential": "AQ" * 60,
        "guardian_account_id": None,
        "renewed_at": "2026-11-23T10:31:00+07:00",
        "password_until": "2026-12-04T00:00:00+07:00",
    },
):
    """Another first password is in the box, for notifications only; the one before opens the account no longer (A2).

    The box holds `{"password": "…"}`, sealed with the context `first-password:<account_id>`.
    """

    account_id: str = private(fields.String(required=True))
    dossier_no: str = private(fields.String(required=True))
    bhxh_code: str = private(fields.String(required=True))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    sealed_credential: str = secret(fields.String(required=True))
    guardian_account_id: str | None = private(fields.String(required=True, allow_none=True))
    renewed_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))
    password_until: datetime | None = private(
        fields.AwareDateTime(
            load_default=None, allow_none=True, format="iso", metadata={"description": "when the first password ends (A2)"}
        ),
        default=None,
    )
