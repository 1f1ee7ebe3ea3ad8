"""The fact that ends a session in every service."""

from datetime import datetime
from typing import Any

from marshmallow import fields
from marshmallow.validate import OneOf

from services.accounts.accounts.facts import ACCOUNT_HINT_EXAMPLE, ACCOUNT_ID_EXAMPLE, CONTACT_EXAMPLE, Contact, account_hint
from services.chassis.facts import Fact, private

REVOKE_REASONS = ("signed_out", "takeover", "password_changed", "password_reset", "account_stopped", "locked")


class SessionRevoked(
    Fact,
    name="session_revoked",
    version=1,
    subject="account_id",
    example={
        "account_id": ACCOUNT_ID_EXAMPLE,
        "session_id": "019aa5b5-c0de-7000-a000-00000000000c",
        "reason": "takeover",
        "contact": CONTACT_EXAMPLE,
        "account_hint": ACCOUNT_HINT_EXAMPLE,
        "revoked_at": "2026-11-23T10:20:00+07:00",
        "tokens_until": "2026-11-23T10:35:00+07:00",
    },
):
    """A session is over; no service takes its tokens any more (A7). With `takeover` another device has signed in."""

    account_id: str = private(fields.String(required=True))
    session_id: str = private(fields.String(required=True))
    reason: str = private(fields.String(required=True, validate=OneOf(REVOKE_REASONS)))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    account_hint: str | None = account_hint()
    revoked_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))
    tokens_until: datetime = private(fields.AwareDateTime(required=True, format="iso"))
