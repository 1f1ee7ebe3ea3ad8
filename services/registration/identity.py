"""What Form 01 asks of a person's own data (I1): what each field must look like, and how it is written down.

    subject["bhxh_code"] = identity.bhxh_code(subject["bhxh_code"])     # or in a schema: bhxh_code = Checked(identity.bhxh_code)

Each check returns the text as it is kept and raises marshmallow's ``ValidationError``, in both languages and without the
value itself. What is merely odd blocks nobody (I9): module `oddities` tells it to the officer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any, Final

import marshmallow as ma

from services.chassis import clock
from services.chassis.calendar import VIETNAM
from services.chassis.text.bilingual import bilingual

CMND: Final = "cmnd"
CCCD: Final = "cccd"
PASSPORT: Final = "passport"
ID_TYPES: Final = (CMND, CCCD, PASSPORT)
ADULT_YEARS: Final = 18

_LONGEST_NAME = 100
_LONGEST_LINE = 300
_OLDEST_YEARS = 130
_MOBILE = re.compile(r"0[35789][0-9]{8}")
_PHONE_SEPARATORS = re.compile(r"[\s.\-()]")
_PASSPORT = re.compile(r"(?=.*[0-9])[A-Z0-9]{5,15}")
_NAME_SIGNS = "'\u2019-. "  # U+2019: the apostrophe as phones write it
#: letters of other alphabets that look the same; old fonts and keyboards write them for đ
_LOOKALIKES = str.maketrans({"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "`": "'", "\u00b4": "'", "\u02bc": "'"})


def today() -> date:
    """The date in Vietnam."""
    return clock.now().astimezone(VIETNAM).date()


def bhxh_code(text: str) -> str:
    """10 digits (guide: "Mã số BHXH gồm 10 chữ số tự nhiên")."""
    return _digits(text, 10, vi="Mã số BHXH phải gồm đúng 10 chữ số.", en="A BHXH code has exactly 10 digits.")


def personal_id(text: str) -> str:
    """12 digits: số định danh cá nhân."""
    return _digits(
        text, 12, vi="Số định danh cá nhân phải gồm đúng 12 chữ số.", en="A personal identification number has 12 digits."
    )


def id_number(id_type: str, text: str) -> str:
    """The number on a paper of that type: CMND 9 digits, CCCD 12 digits, passport letters and digits (I1, I9)."""
    if id_type == CMND:
        return _digits(text, 9, vi="Số CMND phải gồm đúng 9 chữ số.", en="A CMND number has exactly 9 digits.")
    if id_type == CCCD:
        return _digits(text, 12, vi="Số CCCD phải gồm đúng 12 chữ số.", en="A CCCD number has exactly 12 digits.")
    if id_type == PASSPORT:
        number = _unspaced(text).upper()
        if not _PASSPORT.fullmatch(number):
            raise ma.ValidationError(
                bilingual(
                    vi="Số hộ chiếu gồm 5 đến 15 chữ cái không dấu và chữ số.",
                    en="A passport number has 5 to 15 letters and digits.",
                )
            )
        return number
    raise ma.ValidationError(
        bilingual(vi="Loại giấy tờ phải là cmnd, cccd hoặc passport.", en="The type of ID is one of cmnd, cccd, passport.")
    )


def phone(text: str) -> str:
    """A Vietnamese mobile number, written as people do (0983 847 986, 84983847986, +84 983.847.986), as E.164."""
    number = _PHONE_SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    for prefix in ("+84", "0084"):
        if number.startswith(prefix):
            number = "0" + number.removeprefix(prefix).removeprefix("0")
    if number.startswith("84") and len(number) == len("84983847986"):
        number = "0" + number.removeprefix("84")
    if not _MOBILE.fullmatch(number):
        raise ma.ValidationError(
            bilingual(
                vi="Số điện thoại di động phải gồm 10 chữ số và bắt đầu bằng 03, 05, 07, 08 hoặc 09.",
                en="A mobile number has 10 digits and begins with 03, 05, 07, 08 or 09.",
            )
        )
    return "+84" + number[1:]


def email(text: str) -> str:
    """An address that mail programs everywhere can write to. No DNS is asked: a form must not depend on it."""
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise ma.ValidationError(
            bilingual(
                vi="Địa chỉ thư điện tử không đúng (ví dụ đúng: ten@example.com, không dấu, không có khoảng trắng).",
                en="Not a valid e-mail address.",
            )
        ) from None
    return checked.ascii_email or checked.normalized


def full_name(text: str) -> str:
    """A name in Latin letters with any of Vietnamese's marks, composed (NFC), single spaces; its case is kept.

    Names of the country's minorities have signs in them (`H'Hen Niê`, `K'Brăm`), foreigners' have letters of their own.
    """
    name = _composed(text).translate(_LOOKALIKES)
    letters = [sign for sign in name if sign not in _NAME_SIGNS]
    if not all(_is_latin(sign) for sign in letters):
        raise ma.ValidationError(
            bilingual(
                vi="Họ và tên chỉ gồm chữ cái, dấu cách, dấu nháy, gạch nối và dấu chấm.",
                en="A name has only letters, spaces, apostrophes, hyphens and full stops.",
            )
        )
    if len(letters) < 2 or len(name) > _LONGEST_NAME:
        raise ma.ValidationError(
            bilingual(
                vi=f"Họ và tên phải có từ 2 đến {_LONGEST_NAME} ký tự.", en=f"A name has 2 to {_LONGEST_NAME} characters."
            )
        )
    return name


def date_of_birth(value: date) -> date:
    """A day in the past, not longer ago than anybody has lived."""
    now = today()
    if value > now or now.year - value.year > _OLDEST_YEARS:
        raise ma.ValidationError(bilingual(vi="Ngày sinh không hợp lý.", en="Not a possible date of birth."))
    return value


def is_child(born: date, on: date | None = None) -> bool:
    """Under 18 on that day (today by default). Who is born on 29 February grows older on 1 March."""
    day = on or today()
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return years < ADULT_YEARS


def line(text: str, *, longest: int = _LONGEST_LINE) -> str:
    """Free text of one line, composed, single spaces: the part of an address that has no code; may be empty."""
    kept = _composed(text)
    if len(kept) > longest or any(unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs", "Cn") for sign in kept):
        raise ma.ValidationError(
            bilingual(
                vi=f"Chỉ nhập tối đa {longest} ký tự, không có ký tự điều khiển.",
                en=f"At most {longest} characters, and no control characters.",
            )
        )
    return kept


class Checked(ma.fields.String):
    """A text field that keeps what a check of this module returns."""

    def __init__(self, check: Callable[[str], str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._check = check

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return self._check(super()._deserialize(value, attr, data, **kwargs))


def _digits(text: str, count: int, *, vi: str, en: str) -> str:
    number = _unspaced(text)
    if len(number) != count or not (number.isascii() and number.isdigit()):
        raise ma.ValidationError(bilingual(vi=vi, en=en))
    return number


def _unspaced(text: str) -> str:
    return "".join(text.split())


def _composed(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _is_latin(sign: str) -> bool:
    return sign.isalpha() and unicodedata.name(sign, "").startswith("LATIN")
