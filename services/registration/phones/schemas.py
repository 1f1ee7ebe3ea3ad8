"""Both halves of proving a phone: a code was sent, and the code sent back."""

import marshmallow as ma
from marshmallow.validate import Regexp

from services.chassis.text.bilingual import bilingual
from services.chassis.text.folding import plain_number
from services.chassis.web.fields import Moment


class CodeSentSchema(ma.Schema):
    """Until when the code is good."""

    expires_at = Moment(required=True)


class CodeSchema(ma.Schema):
    """The code from the SMS."""

    otp = ma.fields.String(
        required=True,
        validate=Regexp(r"\A[0-9]{6}\Z", error=bilingual(vi="Mã OTP gồm 6 chữ số.", en="A code has six digits.")),
        metadata={"description": "six digits, by SMS"},
    )

    @ma.pre_load
    def _plain(self, data: object, **_: object) -> object:
        if isinstance(data, dict) and isinstance(data.get("otp"), str):
            return data | {"otp": plain_number(data["otp"])}
        return data


class PhoneProvedSchema(ma.Schema):
    """The phone is proved; the declaration can be submitted."""

    phone_proved = ma.fields.Boolean(required=True)
