"""Read the numbers that people quote, in the form in which the system gave them out (`chassis.serials`)."""

import re

from services.chassis.text.folding import plain_code, plain_number

_NUMBER = re.compile(r"([A-Z]{0,4})([0-9]{6})([0-9]{6,9})([0-9])")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def as_given_out(text: str) -> str:
    """Return a dossier or complaint number with its hyphens, however it was typed (W2); any other text as a code.

    ``261121 0000016`` becomes ``261121-000001-6``, ``pa261121…`` becomes ``PA-261121-…``. Whether its check digit is right is for
    the caller to say.
    """
    number = _NUMBER.fullmatch(plain_number(text).upper())
    if number is not None:
        prefix, day, serial, check = number.groups()
        return "-".join(part for part in (prefix, day, serial, check) if part)
    code = plain_code(text)
    return code.lower() if _UUID.fullmatch(code.lower()) else code
