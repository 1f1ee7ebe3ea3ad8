"""Facts about an account and the dossier behind the change. The only facts of accounts with public fields (law 6)."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from services.chassis.facts import Fact, private, public, secret

ROUTES = ("portal", "certificate", "counter", "guardian")

# the person in the examples of all this service's facts
ACCOUNT_ID_EXAMPLE = "019aa5b5-c0de-7000-a000-00000000000a"
ACCOUNT_HINT_EXAMPLE = "01****9841"
CONTACT_EXAMPLE = {"phone": "+84983847986", "email": "biennt@vss.gov.vn"}
_DOSSIER_NO = "261121-000001-6"
_NAME = "Nguyễn Thành Biên"
_PERSON = {
    "personal_id": "111349876090",
    "date_of_birth": "1987-05-19",
    "id_type": "cccd",
    "id_number": "111349876090",
    "address": {"map": "before-2025-07", "province_code": "01", "ward_code": "09763", "text": "Thôn 4 Thụ Trai"},
}


class Contact(Schema):
    """Where the holder, or a child's guardian, is reached. `phone` in E.164."""

    phone = fields.String(required=True)
    email = fields.String(load_default=None, allow_none=True)


class AccountGivenBack(
    Fact,
    name="account_given_back",
    version=1,
    subject="account_id",
    example={"account_id": ACCOUNT_ID_EXAMPLE, "bhxh_code": "0113099841", "full_name": _NAME, "contact": CONTACT_EXAMPLE},
):
    """An account is open, told on command to a registration that does not know it, or not whose it is. Never to other agencies."""

    account_id: str = private(fields.String(required=True))
    bhxh_code: str = private(fields.String(required=True))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))


class Person(Schema):
    """The holder, as the account shows them; `personal_id` is the one that no other open account has (V15)."""

    personal_id = fields.String(load_default=None, allow_none=True)
    date_of_birth = fields.Date(load_default=None, allow_none=True)
    id_type = fields.String(load_default=None, allow_none=True)
    id_number = fields.String(load_default=None, allow_none=True)
    address = fields.Dict(keys=fields.String(), load_default=None, allow_none=True)


def account_hint() -> Any:
    """Return the field of the masked user name, by which people with several accounts on one phone tell them apart."""
    return private(fields.String(load_default=None, allow_none=True), default=None)


def _person() -> Any:
    return private(fields.Nested(Person, load_default=None, allow_none=True), default=None)


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
        "person": _PERSON,
        "password_until": "2026-12-04T00:00:00+07:00",
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
    person: dict[str, Any] | None = _person()
    filing: str | None = public(
        fields.String(load_default=None, allow_none=True, metadata={"description": "counter, post"}), default=None
    )
    password_until: datetime | None = private(
        fields.AwareDateTime(
            load_default=None, allow_none=True, format="iso", metadata={"description": "when the first password ends (A2)"}
        ),
        default=None,
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
        "person": _PERSON,
        "changed": ["phone"],
        "previous_contact": {"phone": "+84912345678", "email": "biennt@vss.gov.vn"},
    },
):
    """An open account is as the dossier left it (A9): an `adjust` changed what is named in `changed`; or a `register` found that
    the person has an account (A1), and changed nothing: no second account, no new password. `contact` is the account's own,
    `previous_contact` what it was before, which is told of every change (V12). Earlier releases tell neither of the last two.
    """

    account_id: str = private(fields.String(required=True))
    dossier_no: str = public(fields.String(required=True))
    bhxh_code: str = private(fields.String(required=True))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    adjusted_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    person: dict[str, Any] | None = _person()
    changed: list[str] | None = private(
        fields.List(fields.String(), load_default=None, allow_none=True, metadata={"description": "columns of the account"}),
        default=None,
    )
    previous_contact: dict[str, Any] | None = private(
        fields.Nested(Contact, load_default=None, allow_none=True), default=None
    )


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
