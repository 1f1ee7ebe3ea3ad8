"""Flag what looks odd in a declaration, without blocking it (I9): even the guide's example CCCD fits no published structure.

Structure of a CCCD number (Circular 59/2021/TT-BCA, art. 3 and Decree 137/2015, art. 13): three digits for the province or
country of birth registration, one for century and sex (0 and 1 for 1900 to 1999, 2 and 3 for 2000 to 2099, …; even: male), the
last two of the year of birth, six more.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from services.chassis.calendar import today_in_vietnam
from services.chassis.text.people import CCCD

#: the 63 provinces of the time when numbers were issued (Circular 59/2021, annex; same order as the units' codes)
_PROVINCES = frozenset(
    (
        "001", "002", "004", "006", "008", "010", "011", "012", "014", "015", "017", "019", "020",
        "022", "024", "025", "026", "027", "030", "031", "033", "034", "035", "036", "037", "038",
        "040", "042", "044", "045", "046", "048", "049", "051", "052", "054", "056", "058", "060",
        "062", "064", "066", "067", "068", "070", "072", "074", "075", "077", "079", "080", "082",
        "083", "084", "086", "087", "089", "091", "092", "093", "094", "095", "096",
    )
)  # fmt: skip
_FIRST_CENTURY = 1900


class Oddity(NamedTuple):
    """One thing that an officer should look at. ``field``: as in the fact's `warnings`; ``code``: what is odd about it."""

    field: str
    code: str


def oddities(
    *,
    id_type: str | None = None,
    id_number: str | None = None,
    personal_id: str | None = None,
    date_of_birth: date | None = None,
    phone: str | None = None,
) -> list[Oddity]:
    """Return everything that looks odd, in the form's order. The texts must have passed the checks of `chassis.text.people`."""
    odd = []
    if id_type == CCCD and id_number:
        odd += [Oddity("id_number", code) for code in _odd_number(id_number, date_of_birth)]
    if phone and not _in_use(phone):
        odd.append(Oddity("phone", "phone-range"))
    if personal_id:
        odd += [Oddity("personal_id", code) for code in _odd_number(personal_id, date_of_birth)]
    return odd


def _odd_number(number: str, date_of_birth: date | None) -> list[str]:
    """Return in what a 12-digit number contradicts the published structure or the date of birth."""
    odd = [] if number[:3] in _PROVINCES else ["id-province"]
    year = _FIRST_CENTURY + 100 * (int(number[3]) // 2) + int(number[4:6])
    if date_of_birth is not None and year != date_of_birth.year:
        odd.append("id-birth-year")
    elif year > today_in_vietnam().year:
        odd.append("id-century")
    return odd


def _in_use(phone: str) -> bool:
    """Tell whether a number (E.164) is in a range assigned to an operator, as far as `phonenumbers` knows."""
    import phonenumbers

    return phonenumbers.is_valid_number(phonenumbers.parse(phone))
