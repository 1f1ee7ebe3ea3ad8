"""Building blocks of feedback's facts: the fields that all facts about a complaint share, nested schemas, examples.

Numbers, category, board, province, office and times are public. The citizen's contact data (`contact`; null for an anonymous
complaint), the staff to notify (`staff`, by e-mail) and all free text are private.
"""

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from services.chassis.facts import public
from services.feedback.categories.boards import BOARDS
from services.feedback.directory.addressees import ROLES


class Contact(Schema):
    """The citizen's contact data. `phone` in E.164; at least one of phone and e-mail."""

    full_name = fields.String(load_default=None, allow_none=True)
    phone = fields.String(load_default=None, allow_none=True)
    email = fields.String(load_default=None, allow_none=True)


class Office(Schema):
    """The office that received the complaint; its province is accountable (F3)."""

    code = fields.String(required=True, metadata={"public": True})
    name = fields.String(required=True, metadata={"public": True})
    province_code = fields.String(required=True, metadata={"public": True})


class Staff(Schema):
    """A staff recipient: the director of a province, a board, the IT centre."""

    role = fields.String(required=True, validate=OneOf(ROLES))
    code = fields.String(required=True, metadata={"description": "code of the province or board"})
    name = fields.String(required=True)
    email = fields.String(required=True)


class OnDuty(Schema):
    """Somebody on duty (F10). `phone` in E.164; `province_code`: a province, or * for all."""

    province_code = fields.String(required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True)


class Board(Schema):
    """A national board (F2)."""

    code = fields.String(required=True, metadata={"public": True})
    name = fields.String(required=True, metadata={"public": True})


def text(**more: Any) -> fields.String:
    """Return a required string field."""
    return fields.String(required=True, **more)


def moment() -> fields.AwareDateTime:
    """Return a required field for a time with offset."""
    return fields.AwareDateTime(required=True, format="iso")


def contact() -> fields.Nested:
    """Return the field for the citizen's contact data; null for an anonymous complaint."""
    return fields.Nested(Contact, required=True, allow_none=True)


def staff() -> fields.List[Any]:
    """Return the field for the staff to notify."""
    return fields.List(fields.Nested(Staff), required=True)


@dataclass(frozen=True, kw_only=True)
class AboutComplaint:
    """The fields at the head of every fact about a complaint; `ComplaintRow.header` fills them in."""

    complaint_no: str = public(text())
    category_code: str = public(text())
    category_name: str = public(text())
    board_code: str = public(text(validate=OneOf(tuple(BOARDS))))
    board_name: str = public(text())
    province_code: str = public(text())
    office: dict[str, Any] = public(fields.Nested(Office, required=True))  # noqa: RUF009  # a field specifier


CONTACT = {"full_name": "Nguyễn Thành Biên", "phone": "+84983847986", "email": "biennt@vss.gov.vn"}
OFFICE = {"code": "79", "name": "BHXH Thành phố Hồ Chí Minh", "province_code": "79"}
DIRECTOR = {
    "role": "director",
    "code": "79",
    "name": "Giám đốc BHXH Thành phố Hồ Chí Minh",
    "email": "giamdoc.79@example.vn",
}
BOARD = {"role": "board", "code": "thu-so-the", "name": "Ban Quản lý Thu - Sổ, Thẻ", "email": "ban.thu-so-the@example.vn"}
#: an example of `AboutComplaint`
COMPLAINT = {
    "complaint_no": "PA-261123-000001-2",
    "category_code": "qua-trinh-sai-lech",
    "category_name": "Quá trình tham gia sai lệch",
    "board_code": "thu-so-the",
    "board_name": "Ban Quản lý Thu - Sổ, Thẻ",
    "province_code": "79",
    "office": OFFICE,
}
