"""Request schemas: complaints (F1), and the steps that citizens and staff take."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow.validate import Length, OneOf, Range

from services.chassis.text.bilingual import bilingual
from services.chassis.text.folding import plain_code
from services.chassis.text.quoted import as_given_out
from services.chassis.web.typed import AnyName, BhxhCode, Email, Line, Phone, Prose, Typed
from services.feedback.complaints.vocabulary import ABOUT, CHANNELS

_NOT_REACHED = bilingual(
    vi="Cần số điện thoại hoặc thư điện tử để nhận trả lời; nếu không muốn cho biết, hãy chọn ẩn danh.",
    en="A phone number or e-mail address is required to receive the answer; without one, file anonymously.",
)
_ANONYMOUS_BUT_NAMED = bilingual(
    vi="Phản ánh ẩn danh không kèm thông tin người gửi.", en="An anonymous complaint must not contain data about its sender."
)
CODE = ma.validate.Regexp(r"^[0-9A-Za-z-]{1,40}$", error=bilingual(vi="Mã không hợp lệ.", en="Not a valid code."))


class ContactSchema(ma.Schema):
    """The citizen's contact data, for the answer."""

    full_name = AnyName(1, 200, load_default=None, allow_none=True)
    phone = Phone(load_default=None, allow_none=True)
    email = Email(load_default=None, allow_none=True)


class ComplaintSchema(ma.Schema):
    """A complaint or suggestion (phản ánh, kiến nghị)."""

    channel = ma.fields.String(required=True, validate=OneOf(CHANNELS))
    office_code = Typed(
        plain_code,
        required=True,
        validate=CODE,
        metadata={"description": "the office that receives it; its province is accountable (F3)", "example": "79"},
    )
    category_code = Typed(
        plain_code,
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
    subject_line = Line(5, 200, required=True)
    body = Prose(10, 5000, required=True)
    anonymous = ma.fields.Boolean(load_default=False, truthy={True}, falsy={False})
    contact = ma.fields.Nested(ContactSchema, load_default=None, allow_none=True)
    bhxh_code = BhxhCode(load_default=None, allow_none=True)

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
    unit = Line(2, 200, required=True, metadata={"description": "the department it concerns, in the office"})


class RecategoriseSchema(ma.Schema):
    category_code = Typed(plain_code, required=True, validate=CODE)
    reason = Prose(5, 1000, required=True)


class Insistence(ma.Schema):
    """What a director adds who insists on words that send the citizen to another office (F4)."""

    insists_because = Prose(
        10,
        1000,
        load_default=None,
        allow_none=True,
        metadata={
            "description": "why these words are sent all the same; only a director; the board sees it, reports count it"
        },
    )


class MarkSchema(ma.Schema):
    about = ma.fields.String(
        required=True,
        allow_none=True,
        validate=OneOf(ABOUT),
        metadata={"description": "whom it is about; null: nobody of the agency's own, after all"},
    )
    reason = Prose(5, 1000, required=True)


class QuestionSchema(Insistence):
    question = Prose(5, 2000, required=True)


class WordsSchema(ma.Schema):
    words = Prose(1, 2000, required=True)


class ComplaintNosSchema(ma.Schema):
    complaint_nos = ma.fields.List(Typed(as_given_out, validate=Length(1, 40)), required=True, validate=Length(1, 200))


class RemindSchema(ma.Schema):
    words = Prose(1, 500, load_default=None, allow_none=True)


class ReopenSchema(ma.Schema):
    reason = Prose(5, 2000, required=True)


class RateSchema(ma.Schema):
    rating = ma.fields.Integer(required=True, strict=True, validate=Range(1, 5))
    comment = Prose(1, 1000, load_default=None, allow_none=True)
