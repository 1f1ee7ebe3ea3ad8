"""Facts about a case: the person has come; and all of it, for registration after a restored backup."""

from datetime import datetime
from typing import Any

from marshmallow import fields

from services.chassis.facts import Fact, private, public
from services.verification.cases.declaration import Contact, Document, Guardian, Office, Parent, Subject


class CaseReceived(
    Fact,
    name="case_received",
    version=1,
    subject="dossier_no",
    example={"dossier_no": "261121-000001-6", "office_code": "79", "received_at": "2026-11-23T10:00:00+07:00"},
):
    """The person has come to an office: the ten-day clock stops (I6, V5)."""

    dossier_no: str = public(fields.String(required=True))
    office_code: str = public(fields.String(required=True))
    received_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))


class PhoneConfirmed(
    Fact,
    name="phone_confirmed",
    version=1,
    subject="dossier_no",
    example={"dossier_no": "261121-000001-6", "phone": "+84983847986", "confirmed_at": "2026-11-23T10:02:00+07:00"},
):
    """An officer has confirmed the phone with the person, or put the right one: messages may go there from now on (I11)."""

    dossier_no: str = private(fields.String(required=True))
    #: in E.164
    phone: str = private(fields.String(required=True))
    confirmed_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))


def _moment() -> Any:
    return private(fields.AwareDateTime(required=True, allow_none=True, format="iso"))


class CaseGivenBack(
    Fact,
    name="case_given_back",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": "261121-000001-6",
        "kind": "register",
        "route": "portal",
        "channel": "web",
        "filing": "electronic",
        "status": "received",
        "submitted_at": "2026-11-21T09:30:00+07:00",
        "expires_at": "2026-12-01T09:30:00+07:00",
        "received_at": "2026-11-23T10:00:00+07:00",
        "decided_at": None,
        "subject": {"bhxh_code": "0113099841", "full_name": "Nguyễn Thành Biên"},
        "contact": {"phone": "+84983847986"},
        "guardian": None,
        "office": {"code": "01", "name": "BHXH Thành phố Hà Nội"},
        "attachments": [],
        "warnings": [],
        "reason_code": None,
        "reason": None,
    },
):
    """A case as it stands, told on command to a registration that was restored from a backup. Never to other agencies."""

    dossier_no: str = private(fields.String(required=True))
    kind: str = private(fields.String(required=True))
    route: str = private(fields.String(required=True))
    channel: str = private(fields.String(required=True))
    filing: str = private(fields.String(required=True))
    status: str = private(fields.String(required=True))
    submitted_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))
    expires_at: datetime | None = _moment()
    received_at: datetime | None = _moment()
    decided_at: datetime | None = _moment()
    #: None, as the rest of the person's data, once it has expired or was withdrawn (I6)
    subject: dict[str, Any] | None = private(fields.Nested(Subject, required=True, allow_none=True))
    contact: dict[str, Any] | None = private(fields.Nested(Contact, required=True, allow_none=True))
    guardian: dict[str, Any] | None = private(fields.Nested(Guardian, required=True, allow_none=True))
    office: dict[str, Any] = private(fields.Nested(Office, required=True))
    attachments: list[dict[str, Any]] = private(fields.List(fields.Nested(Document), required=True))
    warnings: list[str] = private(fields.List(fields.String(), required=True))
    reason_code: str | None = private(fields.String(required=True, allow_none=True))
    reason: str | None = private(fields.String(required=True, allow_none=True))
    draft_id: str | None = private(fields.String(load_default=None, allow_none=True), default=None)
    phone_proved: bool = private(fields.Boolean(load_default=True), default=True)
    parent: dict[str, Any] | None = private(fields.Nested(Parent, load_default=None, allow_none=True), default=None)
    particulars: dict[str, Any] | None = private(
        fields.Dict(
            keys=fields.String(),
            load_default=None,
            allow_none=True,
            metadata={"description": "contact_person, registered_with, ivan_name, start_date"},
        ),
        default=None,
    )
    letters_until: datetime | None = private(
        fields.AwareDateTime(load_default=None, allow_none=True, format="iso"), default=None
    )
    corrected_at: datetime | None = private(
        fields.AwareDateTime(load_default=None, allow_none=True, format="iso"), default=None
    )
