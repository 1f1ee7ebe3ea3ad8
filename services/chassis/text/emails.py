"""E-mail addresses as people type them: one rule for every service that takes any. Needs `email-validator`."""

import re
from typing import Final

from marshmallow import ValidationError

from services.chassis.text.bilingual import bilingual
from services.chassis.text.folding import plain_address

#: RFC 5321 §4.5.3.1.3, without the angle brackets
LONGEST_ADDRESS: Final = 254
#: names for networks of one's own, which no resolver of the internet knows, besides those that the library refuses (RFC 6761: localhost,
#: local, test, invalid, arpa, onion): ICANN keeps `internal` for them, RFC 9476 `alt`, and routers make up the rest
_NOBODYS: Final = ("alt", "corp", "domain", "home", "internal", "intranet", "lan", "localdomain", "private", "workgroup")
#: how mail programs and browsers write an address that is copied from them: `An <an@example.com>`, `mailto:an@example.com`
_WRAPPED = re.compile(r"(?:.*<)?(?:mailto:)?([^<>]*)>?", re.IGNORECASE)


def email_address(text: str) -> str:
    """Return an address that any mail program can send to. No DNS look-up: filing must not depend on one.

    A space inside or a dot in front is refused, not dropped: what is left might be somebody else's address. So are more than
    64 signs before the @ (RFC 5321 §4.5.3.1.1), letters beyond ASCII there, quotation marks, numbers for a domain (`a@[10.0.0.1]`), a
    domain of one word, and one that the internet does not have (`root@localhost`, `a@mail.internal`). A domain of other letters is
    taken in its ASCII form (RFC 5891).

    :raises ValidationError: for anything else, in both languages and without quoting the address.
    """
    wrapped = _WRAPPED.fullmatch(plain_address(text))
    address = _checked(wrapped[1] if wrapped else "")
    if address is None:
        raise ValidationError(
            bilingual(
                vi="Địa chỉ thư điện tử không đúng (ví dụ đúng: ten@example.com, không dấu, không có khoảng trắng).",
                en="Not a valid e-mail address.",
            )
        )
    return address


def is_sendable(address: str) -> bool:
    """Tell whether mail can be sent to an address that was stored or told: one of before this rule may not be such."""
    return _checked(address) is not None


def _checked(address: str) -> str | None:
    """Return the address in ASCII; None if nothing can be sent to it from here."""
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(address, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        return None
    return None if checked.ascii_domain.rpartition(".")[2].lower() in _NOBODYS else checked.ascii_email
