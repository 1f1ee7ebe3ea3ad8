"""Facts about an account and the dossier behind the change. The only facts of accounts with public fields (law 6)."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from services.chassis.facts import Fact, private, public, secret

ROUTES = ("portal", "certificate", "counter", "guardian")

# the person in the examples of all this service's facts
ACCOUNT_ID_EXAMPLE = "019aa5b5-c0de-7000-a000-00000000000a"
CONTACT_EXAMPLE = {"phone": "+84983847986", "email": "biennt@vss.gov.vn"}
_DOSSIER_NO = "261121-000001-6"
_NAME = "Nguyễn Thành Biên"


class Contact(Schema):
    """Where the holder, or a child's guardian, is reached. `phone` in E.164."""

    phone = fields.String(required=True)
    email = fields.String(load_default=None, allow_none=True)


class AccountActivated(
    Fact,
    name="account_activated",
    version=1,
    subject="dossier_no",
    example={
        "account_id": ACCOUNT_ID_EXAMPLE,
        "dossier_no": _DOSSIER_NO,
        "route": "portal",
        "bhxh_code": "0113099841",
        "full_name": _NAME,
        "contact": CONTACT_EXAMPLE,
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
    sealed_credential: str = secret(fields.String(required=True))
    guardian_account_id: str | None = private(fields.String(required=True, allow_none=True))
    complete_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    activated_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    filing: str | None = public(
        fields.String(load_default=None, allow_none=True, metadata={"description": "counter, post"}), default=None
    )


class AccountAdjusted(
    Fact,
    name="account_adjusted",
    version=1,
    subject="dossier_no",
    example={
        "account_id": ACCOUNT_ID_EXAMPLE,
        "dossier_no": _DOSSIER_NO,
        "bhxh_code": "0113099841",
        "full_name": _NAME,
        "contact": CONTACT_EXAMPLE,
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
        "account_id": ACCOUNT_ID_EXAMPLE,
        "dossier_no": _DOSSIER_NO,
        "bhxh_code": "0113099841",
        "full_name": _NAME,
        "contact": CONTACT_EXAMPLE,
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
