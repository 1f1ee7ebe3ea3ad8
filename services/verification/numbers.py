"""Numbers that people quote: is this one at all?"""

import re

from services.chassis.serials import Form

_BHXH_CODE = re.compile(r"\d{10}", re.ASCII)

#: `yymmdd-NNNNNN-c` with the right check digit: a typo is caught before a search
is_dossier_no = Form().fits


def is_bhxh_code(text: str) -> bool:
    """Ten digits; the code has no check digit."""
    return _BHXH_CODE.fullmatch(text) is not None
