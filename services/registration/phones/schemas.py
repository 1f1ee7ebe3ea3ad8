"""Both halves of proving a phone: a code was sent, and the code sent back."""

import marshmallow as ma

from services.chassis.web.fields import Moment
from services.chassis.web.typed import OneTimeCode


class CodeSentSchema(ma.Schema):
    """Until when the code is good."""

    expires_at = Moment(required=True)


class CodeSchema(ma.Schema):
    """The code from the SMS."""

    otp = OneTimeCode(required=True)


class PhoneProvedSchema(ma.Schema):
    """The phone is proved; the declaration can be submitted."""

    phone_proved = ma.fields.Boolean(required=True)
