"""Phone numbers of staff, as people type them, in E.164."""

from __future__ import annotations

import re

import phonenumbers

_MOBILE = re.compile(r"0[35789][0-9]{8}")


def e164(text: str) -> str:
    """``0983 847 986`` and ``+84983847986`` as ``+84983847986``.

    :raises ValueError: for what is no Vietnamese mobile number.
    """
    try:
        parsed = phonenumbers.parse(text, "VN")
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or parsed.country_code != 84 or not _MOBILE.fullmatch(f"0{parsed.national_number}"):
        raise ValueError("not a Vietnamese mobile number")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
