"""The fact that tells staff of a change to their second factors, in case it was somebody else (NIST SP 800-63B-4 §4.1.2)."""

from datetime import datetime
from typing import Any

from marshmallow import fields
from marshmallow.validate import OneOf

from services.accounts.accounts.facts import ACCOUNT_HINT_EXAMPLE, ACCOUNT_ID_EXAMPLE, CONTACT_EXAMPLE, Contact, account_hint
from services.chassis.facts import Fact, private

TOTP_ENROLLED, PASSKEY_ENROLLED, FACTOR_REMOVED, CODES_RENEWED, CODE_USED, SHEET_ISSUED = CHANGES = (
    *("totp_enrolled", "passkey_enrolled", "factor_removed"),
    *("recovery_codes_renewed", "recovery_code_used", "sheet_issued"),
)


class SecondFactorChanged(
    Fact,
    name="second_factor_changed",
    version=1,
    subject="account_id",
    example={
        "account_id": ACCOUNT_ID_EXAMPLE,
        "contact": CONTACT_EXAMPLE,
        "account_hint": ACCOUNT_HINT_EXAMPLE,
        "change": "passkey_enrolled",
        "changed_at": "2026-11-28T10:12:00+07:00",
    },
):
    """A member of staff has another second factor, or used a recovery code, or a first-sign-in sheet was printed for them (A12)."""

    account_id: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    account_hint: str | None = account_hint()
    change: str = private(fields.String(required=True, validate=OneOf(CHANGES)))
    changed_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))


def changed(account: Any, change: str, at: datetime) -> SecondFactorChanged:
    """Return the fact about this account."""
    return SecondFactorChanged(
        account_id=str(account.id), contact=account.contact, account_hint=account.hint, change=change, changed_at=at
    )
