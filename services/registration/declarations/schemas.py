"""Request schemas: Form 01 (I1, I2, I3), checked as a whole, and the commitment."""

from __future__ import annotations

from datetime import date
from typing import Any

import marshmallow as ma
from marshmallow.validate import Length, OneOf

from services.chassis.text import people
from services.chassis.text.bilingual import bilingual
from services.chassis.text.folding import plain_code
from services.chassis.web.typed import Day, Line, Typed
from services.registration.declarations import identity
from services.registration.declarations.parts import KINDS
from services.registration.declarations.person_schemas import ContactSchema, GuardianSchema, ParentSchema, SubjectSchema

_CHANNELS = {"portal": ("web", "app"), "guardian": ("web", "app"), "counter": ("office", "mobile_desk", "customer_care")}
#: the system of social insurance is of 1995
_START_DAYS = date(1995, 1, 1), date(2099, 12, 31)

_PARENT_MISSING = bilingual(
    vi="Người dưới 18 tuổi cần có cha, mẹ hoặc người giám hộ đứng tên, ký tờ khai và xuất trình giấy tờ tùy thân của mình.",
    en="For somebody under 18 name the father, mother or guardian who signs the form and shows their own ID.",
)
_CHILD_BY_POST = bilingual(
    vi="Hồ sơ của người dưới 18 tuổi không gửi qua bưu chính: hãy cùng cha, mẹ hoặc người giám hộ đến cơ quan BHXH, "
    "hoặc nộp từ tài khoản của cha, mẹ hoặc người giám hộ.",
    en="For somebody under 18 nothing is filed by post: come with the parent or guardian, or file from their account.",
)
_NO_PARENT = bilingual(
    vi="Chỉ ghi khi người dưới 18 tuổi đến cơ quan BHXH cùng cha, mẹ hoặc người giám hộ.",
    en="Only for somebody under 18 who comes to an office with a parent or guardian.",
)


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
    parent = ma.fields.Nested(
        ParentSchema,
        load_default=None,
        allow_none=True,
        metadata={"description": "who comes to an office with a child under 18; required for one unless a guardian files"},
    )
    office_code = Typed(plain_code, required=True, validate=Length(1, 20))
    filing = ma.fields.String(required=True, validate=OneOf(("counter", "post")))
    registered_with = ma.fields.String(data_key="registered_at", required=True, validate=OneOf(("portal", "ivan")))
    ivan_name = Line(0, 300, load_default=None, allow_none=True)
    start_date = Day(*_START_DAYS, load_default=None, allow_none=True)

    @ma.validates_schema
    def _together(self, data: dict[str, Any], **_: Any) -> None:
        faults: dict[str, Any] = {}
        route = data["route"]
        if data["channel"] not in _CHANNELS[route]:
            faults["channel"] = [
                bilingual(
                    vi="Kênh này không thuộc hình thức đã chọn.", en="This channel is not available for the chosen route."
                )
            ]
        if (data["registered_with"] == "ivan") != bool(data["ivan_name"]):
            faults["ivan_name"] = [
                bilingual(
                    vi="Ghi tên tổ chức I-VAN khi và chỉ khi đăng ký qua I-VAN.",
                    en="Name the I-VAN organisation if, and only if, registering through one.",
                )
            ]
        if data["contact"]["remove_email"] and (data["kind"] != "adjust" or data["contact"]["email"] is not None):
            faults["contact"] = {
                "remove_email": [
                    bilingual(
                        vi="Chỉ dùng khi điều chỉnh và không ghi địa chỉ thư điện tử nào.",
                        en="Only with an adjust that gives no e-mail address.",
                    )
                ]
            }
        faults |= _guardian_faults(data) if route == "guardian" else _other_faults(data)
        if faults:
            raise ma.ValidationError(faults)


def _guardian_faults(data: dict[str, Any]) -> dict[str, Any]:
    """Return what is wrong with a guardian's form (702 app. 1): a child under 18 without an ID, from the guardian's account."""
    faults: dict[str, Any] = {}
    if data["kind"] != "register":
        faults["kind"] = [
            bilingual(vi="Đăng ký cho con chỉ dùng để đăng ký mới.", en="A guardian can only register a child.")
        ]
    if data["parent"] is not None:
        faults["parent"] = [_NO_PARENT]
    if data["subject"]["id_type"] in (people.CMND, people.CCCD):
        faults["subject"] = {
            "id_type": [
                bilingual(
                    vi="Đăng ký cho con chỉ dành cho người dưới 18 tuổi chưa có CMND hoặc CCCD.",
                    en="A guardian registers only a child under 18 who has no CMND or CCCD.",
                )
            ]
        }
    if data["guardian"] is None:
        faults["guardian"] = [bilingual(vi="Thiếu thông tin người giám hộ.", en="The guardian's data are missing.")]
    return faults


def _other_faults(data: dict[str, Any]) -> dict[str, Any]:
    faults: dict[str, Any] = {}
    if data["guardian"] is not None:
        faults["guardian"] = [
            bilingual(
                vi="Chỉ ghi khi đăng ký từ tài khoản người giám hộ.",
                en="Only for a child registered from a guardian's account.",
            )
        ]
    born = data["subject"]["date_of_birth"]
    is_child = born is not None and identity.is_child(born)
    if is_child and data["parent"] is None:
        faults["parent"] = [_PARENT_MISSING]
    if is_child and data["filing"] == "post":
        faults["filing"] = [_CHILD_BY_POST]
    if not is_child and data["parent"] is not None:
        faults["parent"] = [_NO_PARENT]
    if data["contact"]["phone"] is None:
        faults["contact"] = {"phone": [bilingual(vi="Thiếu thông tin bắt buộc.", en="Missing data for required field.")]}
    return faults


class SubmitSchema(ma.Schema):
    """I4: nothing is sent until the person has answered "Đồng ý"."""

    commitment = ma.fields.Boolean(required=True, truthy={True}, falsy={False})

    @ma.validates("commitment")
    def _agreed(self, value: bool, **_: Any) -> None:
        if not value:
            raise ma.ValidationError(
                bilingual(
                    vi="Phải chọn “Đồng ý” với cam kết thì tờ khai mới được gửi. Muốn huỷ thì xoá bản nháp.",
                    en="The declaration is submitted only if you agree to the commitment. To cancel, delete the draft.",
                )
            )
