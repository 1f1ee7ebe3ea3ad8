"""Request schema of a correction: the form's own fields, checked as registration checks them (I1)."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import marshmallow as ma

from services.chassis.calendar import today_in_vietnam
from services.chassis.text.bilingual import bilingual
from services.chassis.text.emails import email_address
from services.chassis.text.folding import has_control_characters, one_line, plain_number
from services.chassis.text.phones import mobile_in_e164
from services.chassis.web.fields import Number
from services.verification.cases.numbers import BhxhCode
from services.verification.corrections.rules import ADJUST

ID_TYPES = ("cmnd", "cccd", "passport")
_ID_PATTERNS = {"cmnd": r"[0-9]{9}", "cccd": r"[0-9]{12}", "passport": r"(?=.*[0-9])[A-Z0-9]{5,15}"}
_LONGEST_LINE = 300
_OLDEST_YEAR = 1900

_EMPTY = bilingual(vi="Cần ít nhất một thông tin để sửa.", en="Give at least one field to correct.")
_NO_NAME = bilingual(vi="Họ tên không hợp lệ.", en="This is not a valid name.")
_NO_LINE = bilingual(vi="Không được có ký tự điều khiển.", en="No control characters are allowed.")
_NO_BIRTH = bilingual(vi="Ngày sinh không hợp lý.", en="Not a plausible date of birth.")
_NO_ID = bilingual(
    vi="Số giấy tờ không đúng: CMND 9 chữ số, CCCD 12 chữ số, hộ chiếu 5 đến 15 chữ cái và chữ số.",
    en="Not a valid number: a CMND has 9 digits, a CCCD 12 digits, a passport 5 to 15 letters and digits.",
)
_ID_TOGETHER = bilingual(vi="Sửa loại và số giấy tờ cùng một lần.", en="Correct the type and the number of the ID together.")


class Checked(ma.fields.String):
    """A text field whose value is what its check returns."""

    def __init__(self, check: Callable[[str], str], **options: Any) -> None:
        super().__init__(**options)
        self._check = check

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        return self._check(super()._deserialize(value, attr, data, **options))


def full_name(text: str) -> str:
    """Return a name as one line."""
    name = one_line(text)
    if not name or has_control_characters(name):
        raise ma.ValidationError(_NO_NAME)
    return name


def line(text: str) -> str:
    """Return free text as one line; may be empty."""
    folded = one_line(text)
    if has_control_characters(folded) or len(folded) > _LONGEST_LINE:
        raise ma.ValidationError(_NO_LINE)
    return folded


def check_id(data: dict[str, Any]) -> dict[str, Any]:
    """Return ``data`` with its ID number as it is stored; type and number come together, or neither does.

    :raises ma.ValidationError: for a number that its type cannot have (I1, I9).
    """
    if ("id_type" in data) != ("id_number" in data):
        raise ma.ValidationError(_ID_TOGETHER, "id_number" if "id_type" in data else "id_type")
    if "id_type" not in data:
        return data
    number = plain_number(data["id_number"]).upper()
    if not re.fullmatch(_ID_PATTERNS[data["id_type"]], number, re.ASCII):
        raise ma.ValidationError(_NO_ID, "id_number")
    return data | {"id_number": number}


class ParentSchema(ma.Schema):
    """The parent or guardian who comes with a child (V3)."""

    full_name = Checked(full_name, required=True, validate=ma.validate.Length(1, 100))
    id_type = ma.fields.String(required=True, validate=ma.validate.OneOf(ID_TYPES))
    id_number = ma.fields.String(required=True, validate=ma.validate.Length(max=40))
    relationship = ma.fields.String(required=True, validate=ma.validate.OneOf(("father", "mother", "guardian")))
    phone = Checked(mobile_in_e164, required=True)

    @ma.post_load
    def _id(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return check_id(data)


class Correction(ma.Schema):
    """Body of `correction`: what is to read otherwise; the rest stays.

    What identifies the person is corrected, never taken away: HGĐ and V15 could not be asked about it.
    """

    full_name = Checked(full_name, validate=ma.validate.Length(1, 200))
    bhxh_code = BhxhCode()
    personal_id = Number(validate=ma.validate.Regexp(r"^[0-9]{12}\Z", error=_NO_ID))
    date_of_birth = ma.fields.Date()
    id_type = ma.fields.String(validate=ma.validate.OneOf(ID_TYPES))
    id_number = ma.fields.String(validate=ma.validate.Length(max=40))
    phone = Checked(mobile_in_e164)
    email = Checked(email_address, allow_none=True)
    address_text = Checked(line, metadata={"description": "the part of the address without codes"})
    contact_person = Checked(line, allow_none=True)
    parent = ma.fields.Nested(ParentSchema, metadata={"description": "who comes with a child (V3)"})
    kind = ma.fields.String(
        validate=ma.validate.OneOf((ADJUST,)),
        metadata={
            "description": "adjust: the registration of somebody who has come and has an account (`has_account`) adjusts it"
        },
    )

    @ma.validates("date_of_birth")
    def _born(self, value: date, **_: Any) -> None:
        if not date(_OLDEST_YEAR, 1, 1) <= value <= today_in_vietnam():
            raise ma.ValidationError(_NO_BIRTH)

    @ma.post_load
    def _as_stored(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if not data:
            raise ma.ValidationError(_EMPTY)
        born = data.get("date_of_birth")
        return check_id(data | ({"date_of_birth": born.isoformat()} if born else {}))
