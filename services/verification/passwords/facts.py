"""The fact that a first password is to be made anew."""

from datetime import datetime

from marshmallow import fields

from services.chassis.facts import Fact, private


class PasswordRequested(
    Fact,
    name="password_requested",
    version=1,
    subject="dossier_no",
    example={
        "request_id": "019aa5b5-c0de-7000-a000-00000000000e",
        "dossier_no": "261121-000001-6",
        "phone": "+84912345678",
        "requested_at": "2026-11-23T10:30:00+07:00",
    },
):
    """The first password did not arrive, and an officer who has the person in front of them asks for another (A2)."""

    request_id: str = private(fields.String(required=True))
    dossier_no: str = private(fields.String(required=True))
    #: in E.164; None if the phone of the account is right
    phone: str | None = private(fields.String(required=True, allow_none=True))
    requested_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))
