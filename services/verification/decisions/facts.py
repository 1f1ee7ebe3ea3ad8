"""Facts about decisions, and about a code that HGĐ does not know (V7, V8)."""

from datetime import datetime
from typing import Any

from marshmallow import fields
from marshmallow.validate import OneOf

from services.chassis.facts import Fact, private, public
from services.verification.cases import declaration
from services.verification.cases.declaration import Contact, Guardian, Subject

KINDS = ("register", "adjust", "stop")
ROUTES = ("portal", "certificate", "counter", "guardian")


class Office(declaration.Office):
    """The office that the form names; `decided_office_code` is the one that decided (V2)."""

    code = fields.String(required=True, metadata={"public": True})
    name = fields.String(required=True, metadata={"public": True})


EXAMPLE_NUMBER = "261121-000001-6"
EXAMPLE_SUBJECT = {
    "bhxh_code": "0113099841",
    "personal_id": None,
    "full_name": "Nguyễn Thành Biên",
    "date_of_birth": "1987-05-19",
    "id_type": "cccd",
    "id_number": "111349876090",
}
EXAMPLE_CONTACT = {
    "phone": "+84983847986",
    "email": "biennt@vss.gov.vn",
    "address": {"map": "before-2025-07", "province_code": "01", "ward_code": "09763", "text": "Thôn 4 Thụ Trai"},
}
_OFFICE = {
    "code": "01",
    "name": "BHXH Thành phố Hà Nội",
    "address": "162 Tô Hiệu, phường Hà Cầu, Quận Hà Đông, Hà Nội",
    "phone": "024.37236555",
}
_DECIDED = {
    "dossier_no": EXAMPLE_NUMBER,
    "kind": "register",
    "route": "portal",
    "subject": EXAMPLE_SUBJECT,
    "contact": EXAMPLE_CONTACT,
    "guardian": None,
    "office": _OFFICE,
    "decided_office_code": "79",
    "complete_at": "2026-11-23T10:05:00+07:00",
    "decided_at": "2026-11-23T10:06:00+07:00",
}


class IdentityVerified(Fact, name="identity_verified", version=1, subject="dossier_no", example=_DECIDED):
    """An officer assessed the dossier as valid, and HGĐ knows this code under this name (V7)."""

    dossier_no: str = public(fields.String(required=True))
    kind: str = public(fields.String(required=True, validate=OneOf(KINDS)))
    route: str = public(fields.String(required=True, validate=OneOf(ROUTES)))
    subject: dict[str, Any] = private(fields.Nested(Subject, required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    guardian: dict[str, Any] | None = private(fields.Nested(Guardian, required=True, allow_none=True))
    office: dict[str, Any] = public(fields.Nested(Office, required=True))
    decided_office_code: str = public(fields.String(required=True))
    complete_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    decided_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    filing: str | None = public(
        fields.String(load_default=None, allow_none=True, metadata={"description": "counter, post"}), default=None
    )


class DeclarationRejected(
    Fact,
    name="declaration_rejected",
    version=1,
    subject="dossier_no",
    example={**_DECIDED, "reason_code": "id_differs", "reason": "Họ tên trên giấy tờ tuỳ thân khác với tờ khai."},
):
    """An officer assessed the dossier as invalid, with a reason (V6, V8)."""

    dossier_no: str = public(fields.String(required=True))
    kind: str = public(fields.String(required=True, validate=OneOf(KINDS)))
    route: str = public(fields.String(required=True, validate=OneOf(ROUTES)))
    subject: dict[str, Any] = private(fields.Nested(Subject, required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    guardian: dict[str, Any] | None = private(fields.Nested(Guardian, required=True, allow_none=True))
    office: dict[str, Any] = public(fields.Nested(Office, required=True))
    decided_office_code: str = public(fields.String(required=True))
    complete_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    decided_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    filing: str | None = public(
        fields.String(load_default=None, allow_none=True, metadata={"description": "counter, post"}), default=None
    )
    reason_code: str = public(fields.String(required=True))
    reason: str = private(fields.String(required=True, metadata={"description": "an officer's own words: may name people"}))
    insisted: bool = public(
        fields.Boolean(
            load_default=False, metadata={"description": "an approver insisted on words that the law forbids (V4)"}
        ),
        default=False,
    )
    phone_proved: bool | None = private(
        fields.Boolean(
            load_default=None, allow_none=True, metadata={"description": "whether the person may be written to (I11)"}
        ),
        default=None,
    )


class CodeNotFound(
    Fact,
    name="code_not_found",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": EXAMPLE_NUMBER,
        "kind": "register",
        "route": "portal",
        "full_name": "Nguyễn Thành Biên",
        "contact": EXAMPLE_CONTACT,
        "office": _OFFICE,
        "asked_at": "2026-11-23T10:06:00+07:00",
    },
):
    """HGĐ does not know the BHXH code: the person is guided to apply for one; the dossier waits (V7)."""

    dossier_no: str = public(fields.String(required=True))
    kind: str = public(fields.String(required=True, validate=OneOf(KINDS)))
    route: str = public(fields.String(required=True, validate=OneOf(ROUTES)))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    office: dict[str, Any] = public(fields.Nested(Office, required=True))
    asked_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))


class IdentityQuestioned(
    Fact,
    name="identity_questioned",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": EXAMPLE_NUMBER,
        "kind": "register",
        "route": "portal",
        "full_name": "Nguyễn Thành Biên",
        "contact": EXAMPLE_CONTACT,
        "office": _OFFICE,
        "what": "name_differs",
        "asked_at": "2026-11-23T10:06:00+07:00",
    },
):
    """What the dossier says of the person is not what others hold; it waits, and the person is told what to bring (V7)."""

    dossier_no: str = private(fields.String(required=True))
    kind: str = private(fields.String(required=True, validate=OneOf(KINDS)))
    route: str = private(fields.String(required=True, validate=OneOf(ROUTES)))
    full_name: str = private(fields.String(required=True))
    contact: dict[str, Any] = private(fields.Nested(Contact, required=True))
    office: dict[str, Any] = private(fields.Nested(declaration.Office, required=True))
    what: str = private(
        fields.String(required=True, metadata={"description": "name_differs, birth_differs, identity_in_use; more may come"})
    )
    asked_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))
