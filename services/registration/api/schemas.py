"""Form 01 as it comes in (I1, I2, I3): which fields, and which of them go together."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow.validate import Length, OneOf, Regexp

from services.chassis.text.bilingual import bilingual
from services.registration import identity
from services.registration.identity import Checked

KINDS = ("register", "adjust", "stop")
_CHANNELS = {"portal": ("web", "app"), "guardian": ("web", "app"), "counter": ("office", "mobile_desk", "customer_care")}
_CODE = Regexp(r"^[0-9]{1,8}$", error=bilingual(vi="Mã chỉ gồm chữ số.", en="A code has only digits."))

_ID_MISSING = bilingual(vi="Thiếu số giấy tờ.", en="The number of the ID is missing.")
_ID_WITHOUT_TYPE = bilingual(vi="Có số giấy tờ thì phải có loại giấy tờ.", en="A number of an ID needs its type.")
_ONLY_CHILDREN = bilingual(
    vi="Chỉ người dưới 18 tuổi chưa có giấy tờ tuỳ thân mới được bỏ trống; khi đó phải có ngày sinh.",
    en="Only a child under 18 may have no ID, and then the date of birth is required.",
)


class SubjectSchema(ma.Schema):
    """The person that the declaration is about."""

    full_name = Checked(identity.full_name, required=True)
    bhxh_code = Checked(identity.bhxh_code, required=True, metadata={"example": "0113099841"})
    personal_id = Checked(identity.personal_id, load_default=None, allow_none=True)
    id_type = ma.fields.String(load_default=None, allow_none=True, validate=OneOf(identity.ID_TYPES))
    id_number = ma.fields.String(load_default=None, allow_none=True, validate=Length(max=40))
    date_of_birth = ma.fields.Date(load_default=None, allow_none=True)

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
        try:
            return data | {"id_number": identity.id_number(kind, number)}
        except ma.ValidationError as error:
            raise ma.ValidationError(error.messages, "id_number") from None


class AddressSchema(ma.Schema):
    """Codes of either map (I10)."""

    map = ma.fields.String(required=True, validate=OneOf(("2025", "before-2025-07")))
    province_code = ma.fields.String(required=True, validate=_CODE)
    district_code = ma.fields.String(load_default=None, allow_none=True, validate=_CODE)
    ward_code = ma.fields.String(load_default=None, allow_none=True, validate=_CODE)
    text = Checked(identity.line, load_default="")


class ContactSchema(ma.Schema):
    """Where the person is reached. Phone and e-mail are the guardian's where a guardian files."""

    phone = Checked(identity.phone, load_default=None, allow_none=True, metadata={"example": "0983847986"})
    email = Checked(identity.email, load_default=None, allow_none=True)
    address = ma.fields.Nested(AddressSchema, required=True)
    person = Checked(identity.line, load_default=None, allow_none=True, metadata={"description": "contact person"})


class GuardianSchema(ma.Schema):
    """Who files for a child (702 app. 1)."""

    full_name = Checked(identity.full_name, required=True)
    relationship = ma.fields.String(required=True, validate=OneOf(("father", "mother", "guardian")))
    phone = Checked(identity.phone, required=True)
    email = Checked(identity.email, load_default=None, allow_none=True)


class DeclarationSchema(ma.Schema):
    """Form 01."""

    kind = ma.fields.String(required=True, validate=OneOf(KINDS))
    route = ma.fields.String(required=True, validate=OneOf(tuple(_CHANNELS)))
    channel = ma.fields.String(
        required=True, validate=OneOf(tuple(dict.fromkeys(c for some in _CHANNELS.values() for c in some)))
    )
    subject = ma.fields.Nested(SubjectSchema, required=True)
    contact = ma.fields.Nested(ContactSchema, required=True)
    guardian = ma.fields.Nested(GuardianSchema, load_default=None, allow_none=True)
    office_code = ma.fields.String(required=True, validate=Length(1, 20))
    filing = ma.fields.String(required=True, validate=OneOf(("counter", "post")))
    registered_at = ma.fields.String(required=True, validate=OneOf(("portal", "ivan")))
    ivan_name = Checked(identity.line, load_default=None, allow_none=True)
    start_date = ma.fields.Date(load_default=None, allow_none=True)

    @ma.validates_schema
    def _together(self, data: dict[str, Any], **_: Any) -> None:
        faults: dict[str, Any] = {}
        route = data["route"]
        if data["channel"] not in _CHANNELS[route]:
            faults["channel"] = [
                bilingual(vi="Kênh này không thuộc hình thức đã chọn.", en="This channel does not belong to the route.")
            ]
        if (data["registered_at"] == "ivan") != bool(data["ivan_name"]):
            faults["ivan_name"] = [
                bilingual(
                    vi="Ghi tên tổ chức I-VAN khi và chỉ khi đăng ký qua I-VAN.",
                    en="Name the I-VAN organisation if, and only if, registered with one.",
                )
            ]
        faults |= _guardian_faults(data) if route == "guardian" else _other_faults(data)
        if faults:
            raise ma.ValidationError(faults)


def _guardian_faults(data: dict[str, Any]) -> dict[str, Any]:
    """702 app. 1: a child under 18 without an ID, registered from the account of father, mother or guardian."""
    faults: dict[str, Any] = {}
    guardian, contact = data["guardian"], data["contact"]
    if data["kind"] != "register":
        faults["kind"] = [
            bilingual(vi="Đăng ký cho con chỉ dùng để đăng ký mới.", en="A guardian can only register a child.")
        ]
    if data["subject"]["id_type"] is not None:
        faults["subject"] = {
            "id_type": [
                bilingual(
                    vi="Đăng ký cho con chỉ dành cho người dưới 18 tuổi chưa có giấy tờ tuỳ thân.",
                    en="A guardian registers only a child under 18 who has no ID.",
                )
            ]
        }
    if guardian is None:
        return faults | {"guardian": [bilingual(vi="Thiếu thông tin người giám hộ.", en="The guardian is missing.")]}
    differs = [bilingual(vi="Phải bỏ trống hoặc trùng với người giám hộ.", en="Leave it out, or give the guardian's own.")]
    wrong = {name: differs for name in ("phone", "email") if contact[name] is not None and contact[name] != guardian[name]}
    return faults | ({"contact": wrong} if wrong else {})


def _other_faults(data: dict[str, Any]) -> dict[str, Any]:
    faults: dict[str, Any] = {}
    if data["guardian"] is not None:
        faults["guardian"] = [
            bilingual(
                vi="Chỉ ghi khi đăng ký từ tài khoản người giám hộ.", en="Only for a child filed from a guardian's account."
            )
        ]
    if data["contact"]["phone"] is None:
        faults["contact"] = {"phone": [bilingual(vi="Thiếu thông tin bắt buộc.", en="Missing data for required field.")]}
    return faults
