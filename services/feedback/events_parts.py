"""What feedback's facts are made of: see events.py."""

from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

CHANNELS = ("web", "app", "hotline", "email", "counter")
BOARDS = ("thu-so-the", "chinh-sach-bhxh", "chinh-sach-bhyt", "cntt")
STEPS = ("acknowledge", "route", "answer", "coordination")
#: who is told at which level of escalation (F7)
LEVELS = {1: "director", 2: "board", 3: "it_centre"}


class Contact(Schema):
    """Where the citizen is reached. `phone` in E.164; at least one of the two."""

    full_name = fields.String(load_default=None, allow_none=True)
    phone = fields.String(load_default=None, allow_none=True)
    email = fields.String(load_default=None, allow_none=True)


class Office(Schema):
    """The office that received it; its province accounts for it (F3)."""

    code = fields.String(required=True, metadata={"public": True})
    name = fields.String(required=True, metadata={"public": True})
    province_code = fields.String(required=True, metadata={"public": True})


class Staff(Schema):
    """Somebody of the staff who is to be told: the director of a province, a board, the IT centre."""

    role = fields.String(required=True, validate=OneOf(("director", "board", "it_centre", "leadership")))
    code = fields.String(required=True, metadata={"description": "code of the province or board"})
    name = fields.String(required=True)
    email = fields.String(required=True)


class Board(Schema):
    """A national board (F2)."""

    code = fields.String(required=True, metadata={"public": True})
    name = fields.String(required=True, metadata={"public": True})


def text(**more: Any) -> fields.String:
    return fields.String(required=True, **more)


def moment() -> fields.AwareDateTime:
    return fields.AwareDateTime(required=True, format="iso")


def contact() -> fields.Nested:
    return fields.Nested(Contact, required=True, allow_none=True)


def staff() -> fields.List[Any]:
    return fields.List(fields.Nested(Staff), required=True)


CONTACT = {"full_name": "Nguyễn Thành Biên", "phone": "+84983847986", "email": "biennt@vss.gov.vn"}
OFFICE = {"code": "79", "name": "BHXH Thành phố Hồ Chí Minh", "province_code": "79"}
DIRECTOR = {
    "role": "director",
    "code": "79",
    "name": "Giám đốc BHXH Thành phố Hồ Chí Minh",
    "email": "giamdoc.79@example.vn",
}
BOARD = {"role": "board", "code": "thu-so-the", "name": "Ban Quản lý Thu - Sổ, Thẻ", "email": "ban.thu-so-the@example.vn"}
COMPLAINT = {
    "complaint_no": "PA-261123-000001-2",
    "category_code": "qua-trinh-sai-lech",
    "category_name": "Quá trình tham gia sai lệch",
    "board_code": "thu-so-the",
    "board_name": "Ban Quản lý Thu - Sổ, Thẻ",
    "province_code": "79",
    "office": OFFICE,
}
