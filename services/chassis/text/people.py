"""Take what identifies a person from what was typed (I1): fold it (W2), judge it, return it as it is stored.

Each function raises marshmallow's ``ValidationError`` in both languages and without the value itself. What is merely odd blocks
nobody (I9).
"""

import re
import unicodedata
from typing import Final

import marshmallow as ma

from services.chassis.text.bilingual import bilingual
from services.chassis.text.folding import plain_code, plain_name, plain_number

CMND: Final = "cmnd"
CCCD: Final = "cccd"
PASSPORT: Final = "passport"
ID_TYPES: Final = (CMND, CCCD, PASSPORT)

LONGEST_NAME: Final = 100
_MOST_MARKS = 3
_PASSPORT = re.compile(r"(?=.*[0-9])[A-Z0-9]{5,15}")
_PROVINCE = re.compile(r"[0-9]{2}")
_NAME_SIGNS = "'-. "


def bhxh_code(text: str) -> str:
    """Return a BHXH code of 10 digits (guide: "Mã số BHXH gồm 10 chữ số tự nhiên")."""
    return _digits(text, 10, vi="Mã số BHXH phải gồm đúng 10 chữ số.", en="A BHXH code must have exactly 10 digits.")


def personal_id(text: str) -> str:
    """Return a personal identification number (số định danh cá nhân) of 12 digits."""
    return _digits(
        text,
        12,
        vi="Số định danh cá nhân phải gồm đúng 12 chữ số.",
        en="A personal identification number must have exactly 12 digits.",
    )


def province_code(text: str) -> str:
    """Return the code of a province, with its zero: spreadsheets make 1 or 1.0 of 01."""
    code = plain_code(text)  # a dot stays: 1.0 is not 10
    if not _PROVINCE.fullmatch(code):
        raise ma.ValidationError(
            bilingual(vi="Mã tỉnh gồm đúng 2 chữ số, ví dụ 01 chứ không phải 1.", en="A province has two digits: 01, not 1.")
        )
    return code


def one_time_code(text: str) -> str:
    """Return a one-time code of six digits, as SMS show it or as people read it out (`123 456`)."""
    return _digits(text, 6, vi="Mã OTP gồm 6 chữ số.", en="A code has six digits.")


def id_number(id_type: str, text: str) -> str:
    """Return the number on an ID of that type: CMND 9 digits, CCCD 12 digits, passport letters and digits (I1, I9)."""
    if id_type == CMND:
        return _digits(text, 9, vi="Số CMND phải gồm đúng 9 chữ số.", en="A CMND number must have exactly 9 digits.")
    if id_type == CCCD:
        return _digits(text, 12, vi="Số CCCD phải gồm đúng 12 chữ số.", en="A CCCD number must have exactly 12 digits.")
    if id_type != PASSPORT:
        raise ma.ValidationError(
            bilingual(
                vi="Loại giấy tờ phải là cmnd, cccd hoặc passport.", en="The type of ID must be cmnd, cccd or passport."
            )
        )
    number = plain_number(text).upper()
    if not _PASSPORT.fullmatch(number):
        raise ma.ValidationError(
            bilingual(
                vi="Số hộ chiếu gồm 5 đến 15 chữ cái không dấu và chữ số.",
                en="A passport number must have 5 to 15 letters and digits.",
            )
        )
    return number


def full_name(text: str) -> str:
    """Return a name in Latin letters with any marks; letter case is kept.

    Names of Vietnam's peoples have apostrophes (`H'Hen Niê`, `K'Brăm`) and letters that exist only as a base and a mark
    (`Ê̆ban`, `Lư̆`), foreign names letters of their own.
    """
    name = plain_name(text)
    letters = [sign for sign in name if sign not in _NAME_SIGNS and not unicodedata.combining(sign)]
    if not all(map(_is_latin, letters)) or not _has_marks_on_letters(unicodedata.normalize("NFD", name)):
        raise ma.ValidationError(
            bilingual(
                vi="Họ và tên chỉ gồm chữ cái, dấu cách, dấu nháy, gạch nối và dấu chấm.",
                en="A name may contain only letters, spaces, apostrophes, hyphens and full stops.",
            )
        )
    if len(letters) < 2 or len(name) > LONGEST_NAME:
        raise ma.ValidationError(
            bilingual(
                vi=f"Họ và tên phải có từ 2 đến {LONGEST_NAME} ký tự.",
                en=f"A name must have 2 to {LONGEST_NAME} characters.",
            )
        )
    return name


def _digits(text: str, count: int, *, vi: str, en: str) -> str:
    number = plain_number(text)
    if len(number) != count or not (number.isascii() and number.isdigit()):
        raise ma.ValidationError(bilingual(vi=vi, en=en))
    return number


def _is_latin(sign: str) -> bool:
    return sign.isalpha() and unicodedata.name(sign, "").startswith("LATIN")


def _has_marks_on_letters(decomposed: str) -> bool:
    """Tell whether every mark belongs to a letter, and no letter has more than a few (ế̆: three)."""
    above = 0
    previous = ""
    for sign in decomposed:
        if unicodedata.combining(sign):
            above += 1
            if not previous.isalpha() or above > _MOST_MARKS:
                return False
        else:
            previous, above = sign, 0
    return True
