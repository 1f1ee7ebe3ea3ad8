"""Vietnamese mobile numbers as people type them, kept in E.164: one rule for every service."""

import re

from marshmallow import ValidationError

from services.chassis.text.bilingual import bilingual
from services.chassis.text.folding import plain_number

_MOBILE = re.compile(r"0[35789][0-9]{8}")
_BRACKETS = re.compile(r"[()]")
#: the scheme of a link that was copied with its number
_SCHEME = re.compile(r"^(?:tel|sms|callto):", re.IGNORECASE)


def mobile_in_e164(text: str) -> str:
    """Return a mobile number (0983 847 986, 84983847986, +84 983.847.986) in E.164: ``+84983847986``.

    :raises ValidationError: for anything else, in both languages and without quoting the number.
    """
    number = _BRACKETS.sub("", _SCHEME.sub("", plain_number(text)))
    for prefix in ("+84", "0084"):
        if number.startswith(prefix):
            number = "0" + number.removeprefix(prefix).removeprefix("0")
    if number.startswith("84") and len(number) == len("84983847986"):
        number = "0" + number.removeprefix("84")
    if not _MOBILE.fullmatch(number):
        raise ValidationError(
            bilingual(
                vi="Số điện thoại di động phải gồm 10 chữ số và bắt đầu bằng 03, 05, 07, 08 hoặc 09.",
                en="A mobile number has 10 digits and begins with 03, 05, 07, 08 or 09.",
            )
        )
    return "+84" + number[1:]
