"""The facts that are told to the holder of an account, with only the fields that the messages need."""

# ruff: noqa: RUF009  # `reads(…)` declares a field, not a default value

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import fields

from services.chassis.facts import Reader, reads
from services.notifications.messages.fields import moment, nested, text
from services.notifications.messages.parts import Contact


@dataclass(frozen=True, kw_only=True)
class OfAccount:
    """A fact about an account, for its holder."""

    account_id: str = text()
    contact: dict[str, Any] = nested(Contact)
    #: the masked user name; None in facts of earlier releases
    account_hint: str | None = text(allow_none=True)


class OtpIssued(OfAccount, Reader, service="accounts", name="otp_issued", version=1):
    otp_id: str = text()
    purpose: str = text()
    sealed_code: str | None = text(allow_none=True)
    expires_at: datetime = moment()


class PasswordChanged(OfAccount, Reader, service="accounts", name="password_changed", version=1):
    changed_at: datetime = moment()


class PasswordReset(OfAccount, Reader, service="accounts", name="password_reset", version=1):
    reset_at: datetime = moment()


class PasswordExpiring(OfAccount, Reader, service="accounts", name="password_expiring", version=1):
    expires_at: datetime = moment()


class SecondFactorChanged(OfAccount, Reader, service="accounts", name="second_factor_changed", version=1):
    change: str = text()
    changed_at: datetime = moment()


class SessionRevoked(OfAccount, Reader, service="accounts", name="session_revoked", version=1):
    session_id: str = text()
    reason: str = text()
    revoked_at: datetime = moment()
    tokens_until: datetime = moment()


class DeviceAdded(OfAccount, Reader, service="accounts", name="device_added", version=1):
    added_at: datetime = moment()


class StaffContactChanged(OfAccount, Reader, service="accounts", name="staff_contact_changed", version=1):
    changed: list[str] = reads(fields.List(fields.String(), required=True))
    changed_at: datetime = moment()
