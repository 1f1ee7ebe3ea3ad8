"""The fact that tells the holder of a device that was not known before."""

from datetime import datetime
from typing import Any

from marshmallow import fields

from services.accounts.accounts.facts import ACCOUNT_HINT_EXAMPLE, ACCOUNT_ID_EXAMPLE, CONTACT_EXAMPLE, Contact, account_hint
from services.chassis.facts import Fact, private


class DeviceAdded(
    Fact,
    name="device_added",
    version=1,
    subject="account_id",
    example={
        "account_id": ACCOUNT_ID_EXAMPLE,
        "contact": CONTACT_EXAMPLE,
        "account_hint": ACCOUNT_HINT_EXAMPLE,
        "added_at": "2026-11-23T10:20:00+07:00",
    },
):
    """Somebody signed in on a device from which nobody had signed in to this account lately (A15). A takeover is told by `session_revoked` instead."""

    account_id: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    account_hint: str | None = account_hint()
    added_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))
