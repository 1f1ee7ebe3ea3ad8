"""Request schemas: complaints (F1), and the steps that citizens and staff take."""

from __future__ import annotations

import unicodedata
from typing import Any

import marshmallow as ma
from marshmallow.validate import Length, OneOf, Range

from services.chassis.text.bilingual import bilingual
from services.chassis.text.phones import mobile_in_e164
from services.feedback.complaints.vocabulary import ABOUT, CHANNELS

_NO_CODE = bilingual(vi="Mã số BHXH phải có 10 chữ số.", en="A BHXH code must have 10 digits.")
_NO_TEXT = bilingual(vi="Có ký tự không hiển thị được.", en="Contains characters that cannot be displayed.")
_NOT_REACHED = bilingual(
    vi="Cần số điện thoại hoặc thư điện tử để nhận trả lời; nếu không muốn cho biết, hãy chọn ẩn danh.",
    en="A phone number or e-mail address is required to receive the answer; without one, file anonymously.",
)
_ANONYMOUS_BUT_NAMED = bilingual(
    vi="Phản ánh ẩn danh không kèm thông tin người gửi.", en="An anonymous complaint must not contain data about its sender."
)
CODE = ma.validate.Regexp(r"^[0-9A-Za-z-]{1,40}$", error=bilingual(vi="Mã không hợp lệ.", en="Not a valid code."))


class Words(ma.fields.String):
    """Free text: NFC, trimmed; line breaks are allowed, other control characters are refused."""

    def __init__(self, shortest: int, longest: int, *, lines: bool = True, **kwargs: Any) -> None:
        self._lines = lines
        metadata = {"minLength": shortest, "maxLength": longest}
        super().__init__(validate=Length(shortest, longest), metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = unicodedata.normalize("NFC", super()._deserialize(value, attr, data, **kwargs))
        text = text.replace("\r\n", "\n").strip()
        allowed = "\n\t" if self._lines else ""
        if any(unicodedata.category(sign) in ("Cc", "Cs", "Co") and sign not in allowed for sign in text):
            raise ma.ValidationError(_NO_TEXT)
        return text


class Phone(ma.fields.String):
    """A mobile number as people write it, stored in E.164."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return mobile_in_e164(super()._deserialize(value, attr, data, **kwargs)[:40])


class ContactSchema(ma.Schema):
    """The citizen's contact data, for the answer."""

    full_name = Words(1, 200, lines=False, load_default=None, allow_none=True)
    phone = Phone(load_default=None, allow_none=True, metadata={"example": "0983847986"})
    email = ma.fields.Email(load_default=None, allow_none=True, validate=Length(max=254))


class ComplaintSchema(ma.Schema):
    """A complaint or suggestion (phản ánh, kiến nghị)."""

    channel = ma.fields.String(required=True, validate=OneOf(CHANNELS))
    office_code = ma.fields.String(
        required=True,
        validate=CODE,
        metadata={"description": "the office that receives it; its province is accountable (F3)", "example": "79"},
    )
    category_code = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=CODE,
        metadata={"description": "from GET /feedback/categories; without one the office chooses it (F2)"},
    )
    about = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=OneOf(ABOUT),
        metadata={
            "description": "if it is about an officer, an office or a director: those concerned do not handle it (F9)"
        },
    )
    subject_line = Words(5, 200, lines=False, required=True)
    body = Words(10, 5000, required=True)
    anonymous = ma.fields.Boolean(load_default=False, truthy={True}, falsy={False})
    contact = ma.fields.Nested(ContactSchema, load_default=None, allow_none=True)
    bhxh_code = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=ma.validate.Regexp(r"^[0-9]{10}\Z", error=_NO_CODE),
        metadata={"example": "0113099841"},
    )

    @ma.validates_schema
    def _sender(self, data: dict[str, Any], **_: Any) -> None:
        if data["anonymous"]:
            named = [name for name in ("contact", "bhxh_code") if data[name] is not None]
            if named:
                raise ma.ValidationError({name: [_ANONYMOUS_BUT_NAMED] for name in named})
            return
        contact = data["contact"] or {}
        if not (contact.get("phone") or contact.get("email")):
            raise ma.ValidationError(_NOT_REACHED, "contact")


class RouteSchema(ma.Schema):
    unit = Words(2, 200, lines=False, required=True, metadata={"description": "the department it concerns, in the office"})


class RecategoriseSchema(ma.Schema):
    category_code = ma.fields.String(required=True, validate=CODE)
    reason = Words(5, 1000, required=True)


class MarkSchema(ma.Schema):
    about = ma.fields.String(
        required=True,
        allow_none=True,
        validate=OneOf(ABOUT),
        metadata={"description": "whom it is about; null: nobody of the agency's own, after all"},
    )
    reason = Words(5, 1000, required=True)


class QuestionSchema(ma.Schema):
    question = Words(5, 2000, required=True)


class WordsSchema(ma.Schema):
    words = Words(1, 2000, required=True)


class ComplaintNosSchema(ma.Schema):
    complaint_nos = ma.fields.List(ma.fields.String(validate=Length(1, 40)), required=True, validate=Length(1, 200))


class RemindSchema(ma.Schema):
    words = Words(1, 500, load_default=None, allow_none=True)


class ReopenSchema(ma.Schema):
    reason = Words(5, 2000, required=True)


class RateSchema(ma.Schema):
    rating = ma.fields.Integer(required=True, strict=True, validate=Range(1, 5))
    comment = Words(1, 1000, load_default=None, allow_none=True)
