"""Facts about passwords chosen by their holders."""

from datetime import datetime
from typing import Any

from marshmallow import fields

from services.accounts.accounts.facts import ACCOUNT_HINT_EXAMPLE, ACCOUNT_ID_EXAMPLE, CONTACT_EXAMPLE, Contact, account_hint
from services.chassis.facts import Fact, private


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
