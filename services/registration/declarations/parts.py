"""Nested schemas shared by the facts about a declaration, and one worked example (the guide's own)."""

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

KINDS = ("register", "adjust", "stop")
#: `certificate` (2659 §1) is declared so that readers know it; no endpoint accepts it yet
ROUTES = ("portal", "certificate", "counter", "guardian")


class Address(Schema):
    """An address by the codes and names of either map (I10): three levels before July 2025, two since then (no district)."""

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
    """How to reach the person, or for a child whoever filed for it. `phone` in E.164."""

    phone = fields.String(required=True)
    email = fields.String(load_default=None, allow_none=True)
    address = fields.Nested(Address, load_default=None, allow_none=True)
    remove_email = fields.Boolean(metadata={"description": "the person wants the account to have no e-mail address (V12)"})


class Guardian(Schema):
    """Who files for a child (702 app. 1)."""

    account_id = fields.String(required=True)
    full_name = fields.String(required=True)
    relationship = fields.String(required=True, metadata={"description": "father, mother, guardian"})
    phone = fields.String(required=True)
    email = fields.String(load_default=None, allow_none=True)


class Parent(Schema):
    """The parent or guardian who comes to an office with a child, signs, and shows their own ID (702 app. 2; V3)."""

    full_name = fields.String(required=True)
    id_type = fields.String(required=True, metadata={"description": "cmnd, cccd, passport"})
    id_number = fields.String(required=True)
    relationship = fields.String(required=True, metadata={"description": "father, mother, guardian"})
    phone = fields.String(required=True)


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
EXAMPLE_NUMBER = "261121-000001-6"
EXAMPLE_DOCUMENT = "019aa5b5c0de7000a000000000000001-" + "0" * 32
