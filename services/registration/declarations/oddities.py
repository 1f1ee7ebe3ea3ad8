"""Point out what looks odd in a declaration and blocks nobody (I9): the guide's own example CCCD fits no published structure.

Structure of a CCCD number (Circular 59/2021/TT-BCA, art. 3 and Decree 137/2015, art. 13): three digits for the province or
country of birth registration, one for century and sex (0 and 1 for 1900 to 1999, 2 and 3 for 2000 to 2099, …; even: male), the
last two of the year of birth, six more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.chassis.calendar import today_in_vietnam
from services.registration.declarations.identity import CCCD

#: the 63 provinces as they were when numbers were given out (Circular 59/2021, annex; same order as the units' codes)
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


@dataclass(frozen=True)
class Oddity:
    """One thing that an officer should look at. ``field`` as in the fact's `warnings`; the texts say nothing about the person."""

    field: str
    code: str
    vi: str
    en: str


def oddities(
    *, id_type: str | None, id_number: str | None, date_of_birth: date | None = None, phone: str | None = None
) -> list[Oddity]:
    """Return all that looks odd, in the form's order. The texts are as `identity`'s checks return them."""
    found = []
    if id_type == CCCD and id_number:
        found += of_cccd(id_number, date_of_birth)
    if phone:
        found += of_phone(phone)
    return found


def of_personal_id(number: str, date_of_birth: date | None = None) -> list[Oddity]:
    """Return what is odd about a personal ID, which has the structure of a CCCD number."""
    return [Oddity("personal_id", odd.code, odd.vi, odd.en) for odd in of_cccd(number, date_of_birth)]


def of_cccd(number: str, date_of_birth: date | None = None) -> list[Oddity]:
    """Return where a number of 12 digits does not fit the published structure, or the date of birth."""
    found = []
    if number[:3] not in _PROVINCES:
        found.append(
            Oddity(
                "id_number",
                "id-province",
                vi="3 chữ số đầu của số CCCD không phải mã của một tỉnh, thành phố.",
                en="The first 3 digits of the CCCD number are not the code of a province.",
            )
        )
    year = _FIRST_CENTURY + 100 * (int(number[3]) // 2) + int(number[4:6])
    if date_of_birth is not None and year != date_of_birth.year:
        found.append(
            Oddity(
                "id_number",
                "id-birth-year",
                vi="Năm sinh trong số CCCD khác với ngày sinh đã kê khai.",
                en="The year of birth in the CCCD number differs from the date of birth on the form.",
            )
        )
    elif year > today_in_vietnam().year:
        found.append(
            Oddity(
                "id_number",
                "id-century",
                vi="Chữ số thế kỷ và năm sinh trong số CCCD chỉ một năm chưa đến.",
                en="The century and year of birth in the CCCD number lie in the future.",
            )
        )
    return found


def of_phone(number: str) -> list[Oddity]:
    """Return whether a number (E.164) lies in a range that no operator has, as far as `phonenumbers` knows."""
    import phonenumbers

    if phonenumbers.is_valid_number(phonenumbers.parse(number)):
        return []
    return [
        Oddity(
            "phone",
            "phone-range",
            vi="Đầu số điện thoại này chưa thấy nhà mạng nào sử dụng.",
            en="This phone number is in a range that no operator is known to use.",
        )
    ]
