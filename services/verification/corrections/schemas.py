"""Request schema of a correction: the form's own fields, checked as registration checks them (I1)."""

from datetime import date
from typing import Any

import marshmallow as ma

from services.chassis.calendar import today_in_vietnam
from services.chassis.text import people
from services.chassis.text.bilingual import bilingual
from services.chassis.text.folding import plain_number
from services.chassis.web.typed import BhxhCode, Day, Email, FullName, Line, PersonalId, Phone, Typed
from services.verification.corrections.rules import ADJUST

_LONGEST_LINE = 300
_OLDEST_YEAR = 1900

_EMPTY = bilingual(vi="Cần ít nhất một thông tin để sửa.", en="Give at least one field to correct.")
_NO_BIRTH = bilingual(vi="Ngày sinh không hợp lý.", en="Not a plausible date of birth.")
_ID_TOGETHER = bilingual(vi="Sửa loại và số giấy tờ cùng một lần.", en="Correct the type and the number of the ID together.")


def check_id(data: dict[str, Any]) -> dict[str, Any]:
    """Return ``data`` with its ID number as it is stored; type and number come together, or neither does.

    :raises ma.ValidationError: for a number that its type cannot have (I1, I9).
    """
    if ("id_type" in data) != ("id_number" in data):
        raise ma.ValidationError(_ID_TOGETHER, "id_number" if "id_type" in data else "id_type")
    if "id_type" not in data:
        return data
    try:
        return data | {"id_number": people.id_number(data["id_type"], data["id_number"])}
    except ma.ValidationError as error:
        raise ma.ValidationError(error.messages, "id_number") from None


class ParentSchema(ma.Schema):
    """The parent or guardian who comes with a child (V3)."""

    full_name = FullName(required=True)
    id_type = ma.fields.String(required=True, validate=ma.validate.OneOf(people.ID_TYPES))
    id_number = Typed(plain_number, required=True, validate=ma.validate.Length(max=40))
    relationship = ma.fields.String(required=True, validate=ma.validate.OneOf(("father", "mother", "guardian")))
    phone = Phone(required=True)

    @ma.post_load
    def _id(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return check_id(data)


class Correction(ma.Schema):
    """Body of `correction`: what is to read otherwise; the rest stays.

    What identifies the person is corrected, never taken away: HGĐ and V15 could not be asked about it.
    """

    full_name = FullName()
    bhxh_code = BhxhCode()
    personal_id = PersonalId()
    date_of_birth = Day(None, None)
    id_type = ma.fields.String(validate=ma.validate.OneOf(people.ID_TYPES))
    id_number = Typed(plain_number, validate=ma.validate.Length(max=40))
    phone = Phone()
    email = Email(allow_none=True)
    address_text = Line(0, _LONGEST_LINE, metadata={"description": "the part of the address without codes"})
    contact_person = Line(0, _LONGEST_LINE, allow_none=True)
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
