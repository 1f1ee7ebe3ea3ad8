"""What registration tells: see docs/facts/events.md for the catalogue made of this."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from services.chassis.facts import Fact, private, public

KINDS = ("register", "adjust", "stop")
#: `certificate` (2659 §1) is declared, so that readers know it; no endpoint takes it yet
ROUTES = ("portal", "certificate", "counter", "guardian")


class Address(Schema):
    """Codes and names of both maps (I10): before July 2025 three levels, since then two (no district)."""

    map = fields.String(required=True, validate=OneOf(("2025", "before-2025-07")))
    province_code = fields.String(required=True)
    province_name = fields.String(required=True)
    district_code = fields.String(load_default=None, allow_none=True)
    district_name = fields.String(load_default=None, allow_none=True)
    ward_code = fields.String(required=True)
    ward_name = fields.String(required=True)
    text = fields.String(load_default="")


class Subject(Schema):
    """The person that the declaration is about."""

    bhxh_code = fields.String(required=True)
    personal_id = fields.String(load_default=None, allow_none=True)
    full_name = fields.String(required=True)
    date_of_birth = fields.Date(load_default=None, allow_none=True)
    id_type = fields.String(
        load_default=None, allow_none=True, metadata={"description": "cmnd, cccd, passport; null for a child without one"}
    )
    id_number = fields.String(load_default=None, allow_none=True)


class Contact(Schema):
    """Where the person, or for a child whoever filed for it, is reached. `phone` in E.164."""

    phone = fields.String(required=True)
    email = fields.String(load_default=None, allow_none=True)
    address = fields.Nested(Address, load_default=None, allow_none=True)


class Guardian(Schema):
    """Who files for a child (702 app. 1)."""

    account_id = fields.String(required=True)
    full_name = fields.String(required=True)
    relationship = fields.String(required=True, metadata={"description": "father, mother, guardian"})
    phone = fields.String(required=True)
    email = fields.String(load_default=None, allow_none=True)


class Office(Schema):
    """The receiving office that the form names (V2: any other may finish the dossier)."""

    code = fields.String(required=True, metadata={"public": True})
    name = fields.String(required=True, metadata={"public": True})
    province_code = fields.String(required=True, metadata={"public": True})
    address = fields.String(load_default="")
    phone = fields.String(load_default="")


class Attachment(Schema):
    """A document by claim check."""

    kind = fields.String(required=True)
    document_id = fields.String(required=True)
    sha256 = fields.String(required=True)
    content_type = fields.String(required=True)
    size = fields.Integer(required=True)


EXAMPLE_ADDRESS = {
    "map": "before-2025-07",
    "province_code": "01",
    "province_name": "Thành phố Hà Nội",
    "district_code": "272",
    "district_name": "Huyện Phúc Thọ",
    "ward_code": "09763",
    "ward_name": "Xã Phúc Hòa",
    "text": "Thôn 4 Thụ Trai",
}
EXAMPLE_SUBJECT = {
    "bhxh_code": "0113099841",
    "personal_id": None,
    "full_name": "Nguyễn Thành Biên",
    "date_of_birth": "1987-05-19",
    "id_type": "cccd",
    "id_number": "111349876090",
}
EXAMPLE_CONTACT = {"phone": "+84983847986", "email": "biennt@vss.gov.vn", "address": EXAMPLE_ADDRESS}
EXAMPLE_OFFICE = {
    "code": "01",
    "name": "BHXH Thành phố Hà Nội",
    "province_code": "01",
    "address": "162 Tô Hiệu, phường Hà Cầu, Quận Hà Đông, Hà Nội",
    "phone": "024.37236555",
}
_NO = "261121-000001-6"
_DOCUMENT = "019aa5b5c0de7000a000000000000001-" + "0" * 32


class DeclarationSubmitted(
    Fact,
    name="declaration_submitted",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": _NO,
        "kind": "register",
        "route": "portal",
        "channel": "web",
        "submitted_at": "2026-11-21T09:30:00+07:00",
        "expires_at": "2026-12-01T09:30:00+07:00",
        "subject": EXAMPLE_SUBJECT,
        "contact": EXAMPLE_CONTACT,
        "guardian": None,
        "office": EXAMPLE_OFFICE,
        "filing": "counter",
        "attachments": [
            {"kind": "portrait", "document_id": _DOCUMENT, "sha256": "a" * 64, "content_type": "image/jpeg", "size": 48213}
        ],
        "signature": None,
        "warnings": ["id_number"],
    },
):
    """A citizen has sent Form 01 (I4, I5)."""

    dossier_no: str = public(fields.String(required=True))
    kind: str = public(fields.String(required=True, validate=OneOf(KINDS)))
    route: str = public(fields.String(required=True, validate=OneOf(ROUTES)))
    channel: str = public(
        fields.String(required=True, metadata={"description": "web, app, office, mobile_desk, customer_care"})
    )
    submitted_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    expires_at: datetime | None = public(fields.AwareDateTime(required=True, allow_none=True, format="iso"))
    subject: dict[str, Any] = private(fields.Nested(Subject, required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    guardian: dict[str, Any] | None = private(fields.Nested(Guardian, required=True, allow_none=True))
    office: dict[str, Any] = public(fields.Nested(Office, required=True))
    filing: str = public(fields.String(required=True, metadata={"description": "counter, post"}))
    attachments: list[dict[str, Any]] = private(fields.List(fields.Nested(Attachment), required=True))
    signature: dict[str, Any] | None = private(fields.Dict(keys=fields.String(), required=True, allow_none=True))
    warnings: list[str] = private(
        fields.List(
            fields.String(),
            load_default=list,
            metadata={
                "description": "fields that look odd and block nothing (I9); `account`: none is known under the code of an adjust or stop"
            },
        ),
        default=(),
    )


class AttachmentAdded(
    Fact,
    name="attachment_added",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": _NO,
        "attachment": {
            "kind": "form_pdf",
            "document_id": _DOCUMENT,
            "sha256": "b" * 64,
            "content_type": "application/pdf",
            "size": 61234,
        },
        "added_at": "2026-11-21T09:30:02+07:00",
        "full_name": "Nguyễn Thành Biên",
        "contact": EXAMPLE_CONTACT,
    },
):
    """A document came to a submitted declaration: the generated Form 01 (`form_pdf`), or one that the person sent later."""

    dossier_no: str = private(fields.String(required=True))
    attachment: dict[str, Any] = private(fields.Nested(Attachment, required=True))
    added_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))


class DeclarationExpiring(
    Fact,
    name="declaration_expiring",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": _NO,
        "kind": "register",
        "route": "portal",
        "expires_at": "2026-12-01T09:30:00+07:00",
        "bhxh_code": "0113099841",
        "full_name": "Nguyễn Thành Biên",
        "contact": EXAMPLE_CONTACT,
    },
):
    """Nobody has come yet, and two days are left (I6)."""

    dossier_no: str = public(fields.String(required=True))
    kind: str = public(fields.String(required=True, validate=OneOf(KINDS)))
    route: str = public(fields.String(required=True, validate=OneOf(ROUTES)))
    expires_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    bhxh_code: str = private(fields.String(required=True))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))


class DeclarationExpired(
    Fact,
    name="declaration_expired",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": _NO,
        "kind": "register",
        "route": "portal",
        "expired_at": "2026-12-01T09:30:00+07:00",
        "bhxh_code": "0113099841",
        "full_name": "Nguyễn Thành Biên",
        "contact": EXAMPLE_CONTACT,
    },
):
    """Ten days are over and nobody came: cancelled by itself, its data deleted (I6)."""

    dossier_no: str = public(fields.String(required=True))
    kind: str = public(fields.String(required=True, validate=OneOf(KINDS)))
    route: str = public(fields.String(required=True, validate=OneOf(ROUTES)))
    expired_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    bhxh_code: str = private(fields.String(required=True))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))


class DeclarationWithdrawn(
    Fact,
    name="declaration_withdrawn",
    version=1,
    subject="dossier_no",
    example={"dossier_no": _NO, "kind": "register", "route": "portal", "withdrawn_at": "2026-11-22T08:00:00+07:00"},
):
    """The person took a submitted declaration back before an officer received it."""

    dossier_no: str = public(fields.String(required=True))
    kind: str = public(fields.String(required=True, validate=OneOf(KINDS)))
    route: str = public(fields.String(required=True, validate=OneOf(ROUTES)))
    withdrawn_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))


FACTS = (DeclarationSubmitted, AttachmentAdded, DeclarationExpiring, DeclarationExpired, DeclarationWithdrawn)
