"""Request schemas of the people on Form 01 (I1): the person, their contact data, and a child's guardian."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow.validate import Length, OneOf, Regexp

from services.chassis.text import people
from services.chassis.text.bilingual import bilingual
from services.chassis.text.folding import plain_code, plain_number
from services.chassis.web.typed import BhxhCode, Day, Email, FullName, Line, PersonalId, Phone, Typed
from services.registration.declarations import identity
from services.registration.lookup.maps import MAPS

_CODE = Regexp(r"^[0-9]{1,8}$", error=bilingual(vi="Mã chỉ gồm chữ số.", en="A code may contain only digits."))

_LONGEST_LINE = 300

_ID_MISSING = bilingual(vi="Thiếu số giấy tờ.", en="The ID number is missing.")
_ID_WITHOUT_TYPE = bilingual(vi="Có số giấy tờ thì phải có loại giấy tờ.", en="An ID number needs the type of the ID.")
_ONLY_CHILDREN = bilingual(
    vi="Chỉ người dưới 18 tuổi chưa có giấy tờ tuỳ thân mới được bỏ trống; khi đó phải có ngày sinh.",
    en="Only a child under 18 may have no ID, and then the date of birth is required.",
)


_OF_ACCOUNT = {
    "description": "leave it out: it is the account's own (I11), and anything else is refused",
    "deprecated": True,
}


class SubjectSchema(ma.Schema):
    """The person that the declaration is about."""

    full_name = FullName(required=True)
    bhxh_code = BhxhCode(required=True)
    personal_id = PersonalId(load_default=None, allow_none=True)
    id_type = ma.fields.String(load_default=None, allow_none=True, validate=OneOf(people.ID_TYPES))
    id_number = Typed(plain_number, load_default=None, allow_none=True, validate=Length(max=40))
    date_of_birth = Day(None, None, load_default=None, allow_none=True)

    @ma.validates("date_of_birth")
    def _born(self, value: Any, **_: Any) -> None:
        if value is not None:
            identity.date_of_birth(value)

    @ma.post_load
    def _id(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        kind, number, born = data["id_type"], data["id_number"], data["date_of_birth"]
        if kind is None:
            if number is not None:
                raise ma.ValidationError(_ID_WITHOUT_TYPE, "id_type")
            if born is None or not identity.is_child(born):
                raise ma.ValidationError(_ONLY_CHILDREN, "id_type")
            return data
        if number is None:
            raise ma.ValidationError(_ID_MISSING, "id_number")
        return _with_id_as_stored(data)


def _with_id_as_stored(data: dict[str, Any]) -> dict[str, Any]:
    """Return a person's data with the ID number as it is stored.

    :raises ma.ValidationError: for a number that its type cannot have.
    """
    try:
        return data | {"id_number": people.id_number(data["id_type"], data["id_number"])}
    except ma.ValidationError as error:
        raise ma.ValidationError(error.messages, "id_number") from None


class AddressSchema(ma.Schema):
    """Codes of either map (I10)."""

    map = ma.fields.String(required=True, validate=OneOf(MAPS))
    province_code = Typed(plain_code, required=True, validate=_CODE)
    district_code = Typed(plain_code, load_default=None, allow_none=True, validate=_CODE)
    ward_code = Typed(plain_code, load_default=None, allow_none=True, validate=_CODE)
    text = Line(0, _LONGEST_LINE, load_default="")


class ContactSchema(ma.Schema):
    """The person's contact data. Phone and e-mail are the guardian's account's if a guardian files: leave them out."""

    phone = Phone(load_default=None, allow_none=True)
    email = Email(load_default=None, allow_none=True)
    remove_email = ma.fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "adjust only: take the e-mail address away; without it one that is left out stays (V12)"},
    )
    address = ma.fields.Nested(AddressSchema, required=True)
    contact_person = Line(
        0, _LONGEST_LINE, data_key="person", load_default=None, allow_none=True, metadata={"description": "contact person"}
    )


class ParentSchema(ma.Schema):
    """The parent or guardian who comes to an office with a child, signs, and shows their own ID (702 app. 2; V3)."""

    full_name = FullName(required=True)
    id_type = ma.fields.String(required=True, validate=OneOf(people.ID_TYPES))
    id_number = Typed(plain_number, required=True, validate=Length(max=40))
    relationship = ma.fields.String(required=True, validate=OneOf(("father", "mother", "guardian")))
    phone = Phone(required=True)

    @ma.post_load
    def _id(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return _with_id_as_stored(data)


class GuardianSchema(ma.Schema):
    """Who files for a child (702 app. 1): the holder of the account signed in to, whose name, phone and e-mail it has (I11)."""

    relationship = ma.fields.String(required=True, validate=OneOf(("father", "mother", "guardian")))
    full_name = FullName(load_default=None, allow_none=True, metadata=_OF_ACCOUNT)
    phone = Phone(load_default=None, allow_none=True, metadata=_OF_ACCOUNT)
    email = Email(load_default=None, allow_none=True, metadata=_OF_ACCOUNT)
