"""The field for a one-time code, which several pages have."""

import marshmallow as ma

from services.chassis.web.pages.forms import Field
from services.chassis.web.pages.language import lazy as _
from services.chassis.web.typed import OneTimeCode


class CodeForm(ma.Schema):
    """A code alone; its challenge is kept by the browser's cookie."""

    otp = OneTimeCode(required=True)


CODE_FIELD = Field(
    _("Mã OTP"),
    hint=_("6 chữ số trong tin nhắn."),
    missing=_("Nhập mã gồm 6 chữ số trong tin nhắn."),
    autocomplete="one-time-code",
    inputmode="numeric",
    classes="govuk-input--width-10 govuk-input--extra-letter-spacing",
)
