"""Numbers that people quote: is this one at all?"""

import re

_DOSSIER_NO = re.compile(r"\d{6}-\d{6}-\d", re.ASCII)
_BHXH_CODE = re.compile(r"\d{10}", re.ASCII)
_NINE = 9


def is_dossier_no(text: str) -> bool:
    """`yymmdd-NNNNNN-c` with the right Luhn check digit: a typo is caught before a search."""
    return _DOSSIER_NO.fullmatch(text) is not None and _luhn_holds(text.replace("-", ""))


def is_bhxh_code(text: str) -> bool:
    """Ten digits; the code has no check digit."""
    return _BHXH_CODE.fullmatch(text) is not None


def _luhn_holds(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - _NINE if value > _NINE else value
    return total % 10 == 0
