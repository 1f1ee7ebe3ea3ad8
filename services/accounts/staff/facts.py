"""The facts about staff: to verification whose dossiers they must not work on (V14) and where to write to them (N); to themselves, that they are reached elsewhere."""

from datetime import date, datetime
from typing import Any

from marshmallow import fields

from services.accounts.accounts.facts import ACCOUNT_ID_EXAMPLE, Contact, account_hint
from services.chassis.facts import Fact, private


class StaffIdentified(
    Fact,
    name="staff_identified",
    version=1,
    subject="account_id",
    example={"account_id": ACCOUNT_ID_EXAMPLE, "own_id": "001087000001"},
):
    """The personal ID of a member of staff, of their own (V14). It is in no token: a hash of twelve digits hides nothing."""

    account_id: str = private(fields.String(required=True))
    own_id: str = private(fields.String(required=True))


class StaffAssigned(
    Fact,
    name="staff_assigned",
    version=1,
    subject="account_id",
    example={
        "account_id": ACCOUNT_ID_EXAMPLE,
        "full_name": "Trần Thị Lan",
        "email": "lan.tt@hanoi.vss.example",
        "role": "approver",
        "office_code": "01",
        "province_code": "01",
        "active": True,
        "valid_from": None,
        "valid_until": "2027-06-30",
    },
):
    """Where a member of staff works, as what, until when, and the address to write to when a legal clock runs out (N, V11)."""

    account_id: str = private(fields.String(required=True))
    full_name: str = private(fields.String(required=True))
    email: str | None = private(fields.String(required=True, allow_none=True))
    role: str = private(fields.String(required=True))
    office_code: str | None = private(fields.String(required=True, allow_none=True))
    province_code: str | None = private(fields.String(required=True, allow_none=True))
    #: false: disabled, so that nothing is sent there any more
    active: bool = private(fields.Boolean(required=True))
    #: first and last day of the rights, in Vietnam; None: since ever, until further notice
    valid_from: date | None = private(fields.Date(required=True, allow_none=True))
    valid_until: date | None = private(fields.Date(required=True, allow_none=True))


class StaffContactChanged(
    Fact,
    name="staff_contact_changed",
    version=1,
    subject="account_id",
    example={
        "account_id": ACCOUNT_ID_EXAMPLE,
        "contact": {"phone": "+84912345678", "email": "lan.tt@hanoi.vss.example"},
        "account_hint": "la****n",
        "changed": ["phone"],
        "changed_at": "2026-11-23T10:12:00+07:00",
    },
):
    """Somebody replaced the phone or the e-mail address of a member of staff; `contact` is that of before, which is told (A15)."""

    account_id: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    account_hint: str | None = account_hint()
    changed: list[str] = private(fields.List(fields.String(), required=True, metadata={"description": "phone, email"}))
    changed_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))
