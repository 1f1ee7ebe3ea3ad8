"""E-mail addresses as people type them: one rule for every service that takes any. Needs `email-validator`."""

import re
from typing import Final

from marshmallow import ValidationError

from services.chassis.text.bilingual import bilingual
from services.chassis.text.folding import plain_address

#: RFC 5321 §4.5.3.1.3, without the angle brackets
LONGEST_ADDRESS: Final = 254
#: how mail programs and browsers write an address that is copied from them: `An <an@example.com>`, `mailto:an@example.com`
_WRAPPED = re.compile(r"(?:.*<)?(?:mailto:)?([^<>]*)>?", re.IGNORECASE)


def email_address(text: str) -> str:
    """Return an address that any mail program can send to. No DNS look-up: filing must not depend on one.

    A space inside or a dot in front is refused, not dropped: what is left might be somebody else's address. So are more than
    64 signs before the @ (RFC 5321 §4.5.3.1.1).

    :raises ValidationError: for anything else, in both languages and without quoting the address.
    """
    from email_validator import EmailNotValidError, validate_email

    wrapped = _WRAPPED.fullmatch(plain_address(text))
    try:
        checked = validate_email(
            wrapped[1] if wrapped else "", check_deliverability=False, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError:
        raise ValidationError(
            bilingual(
                vi="Địa chỉ thư điện tử không đúng (ví dụ đúng: ten@example.com, không dấu, không có khoảng trắng).",
                en="Not a valid e-mail address.",
            )
        ) from None
    return checked.ascii_email or checked.normalized
