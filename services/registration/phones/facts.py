"""The fact that sends a code to the phone of a draft."""

from datetime import datetime
from typing import Any

from marshmallow import fields

from services.chassis.facts import Fact, private, secret
from services.registration.declarations.parts import EXAMPLE_CONTACT, Contact


class PhoneCodeIssued(
    Fact,
    name="phone_code_issued",
    version=1,
    subject="draft_id",
    example={
        "draft_id": "019aa5b5-c0de-7000-a000-000000000001",
        "code_id": "019aa5b5-c0de-7000-a000-00000000000b",
        "contact": {"phone": EXAMPLE_CONTACT["phone"]},
        "sealed_code": "AQ" * 60,
        "issued_at": "2026-11-21T09:25:00+07:00",
        "expires_at": "2026-11-21T09:30:00+07:00",
    },
):
    """A code is on its way to the phone of a draft, by SMS only; useless after `expires_at` (I11).

    The box holds `{"code": "123456"}`, sealed with the context `phone-code:<code_id>`.
    """

    draft_id: str = private(fields.String(required=True))
    code_id: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    sealed_code: str = secret(fields.String(required=True))
    issued_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))
    expires_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))
