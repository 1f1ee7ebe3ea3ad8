"""Check and normalise the personal data on Form 01 (I1): the format of each field, and how it is stored.

    bhxh_code = Checked(identity.bhxh_code)          # in a schema

Each check returns the text to store or raises marshmallow's ``ValidationError``, in both languages and without the
value itself. What is merely odd blocks nobody (I9): ``oddities.py`` points it out to the officer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any, Final

import marshmallow as ma

from services.chassis.calendar import today_in_vietnam
from services.chassis.text.bilingual import bilingual
from services.chassis.text.folding import one_line, plain_number

CMND: Final = "cmnd"
CCCD: Final = "cccd"
PASSPORT: Final = "passport"
ID_TYPES: Final = (CMND, CCCD, PASSPORT)
ADULT_YEARS: Final = 18

_LONGEST_NAME = 100
_LONGEST_LINE = 300
_OLDEST_YEARS = 130
_PASSPORT = re.compile(r"(?=.*[0-9])[A-Z0-9]{5,15}")
_NAME_SIGNS = "'\u2019-. "  # U+2019: the apostrophe as phones write it
#: look-alikes from other alphabets, which old fonts and keyboards produce for đ
_LOOKALIKES = str.maketrans({"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "`": "'", "\u00b4": "'", "\u02bc": "'"})


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
    """Return a name in Latin letters with any diacritics, in NFC and with single spaces; letter case is kept.

    Names of Vietnam's minorities contain apostrophes (`H'Hen Niê`, `K'Brăm`), foreign names letters of their own.
    """
    name = one_line(text).translate(_LOOKALIKES)
    letters = [sign for sign in name if sign not in _NAME_SIGNS]
    if not all(_is_latin(sign) for sign in letters):
        raise ma.ValidationError(
            bilingual(
                vi="Họ và tên chỉ gồm chữ cái, dấu cách, dấu nháy, gạch nối và dấu chấm.",
                en="A name may contain only letters, spaces, apostrophes, hyphens and full stops.",
            )
        )
    if len(letters) < 2 or len(name) > _LONGEST_NAME:
        raise ma.ValidationError(
            bilingual(
                vi=f"Họ và tên phải có từ 2 đến {_LONGEST_NAME} ký tự.",
                en=f"A name must have 2 to {_LONGEST_NAME} characters.",
            )
        )
    return name


def date_of_birth(value: date) -> date:
    """Return a date of birth that is not in the future and not longer ago than a human life."""
    today = today_in_vietnam()
    if value > today or today.year - value.year > _OLDEST_YEARS:
        raise ma.ValidationError(bilingual(vi="Ngày sinh không hợp lý.", en="Not a plausible date of birth."))
    return value


def is_child(born: date, on: date | None = None) -> bool:
    """Tell whether the person is under 18 on that day (default: today). Whoever is born on 29 February ages on 1 March."""
    day = on or today_in_vietnam()
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return years < ADULT_YEARS


def line(text: str, *, longest: int = _LONGEST_LINE) -> str:
    """Return free text as one line in NFC with single spaces (the part of an address that has no code); may be empty."""
    folded = one_line(text)
    if len(folded) > longest or not folded.isprintable():
        raise ma.ValidationError(
            bilingual(
                vi=f"Chỉ nhập tối đa {longest} ký tự, không có ký tự điều khiển.",
                en=f"At most {longest} characters, and no control characters.",
            )
        )
    return folded


class Checked(ma.fields.String):
    """A text field whose value is what its check returns."""

    def __init__(self, check: Callable[[str], str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._check = check

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return self._check(super()._deserialize(value, attr, data, **kwargs))


def _digits(text: str, count: int, *, vi: str, en: str) -> str:
    number = plain_number(text)
    if len(number) != count or not (number.isascii() and number.isdigit()):
        raise ma.ValidationError(bilingual(vi=vi, en=en))
    return number


def _is_latin(sign: str) -> bool:
    return sign.isalpha() and unicodedata.name(sign, "").startswith("LATIN")
