"""Judge the cells of a list, knowing what spreadsheets do to them: zeros lost, numbers in powers of ten, dates turned round, letters lost.

Each function takes a row's cells and a column's name; it returns the value, or raises ValueError with a sentence that names the column.
Nothing is guessed: `1` may have been 01 or a slip, so it is refused, and the sentence says what it probably was.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import ftfy
from marshmallow import ValidationError

from services.chassis.text.days import written_day
from services.chassis.text.folding import plain_number
from services.chassis.text.phones import mobile_in_e164

_ZEROS = "a spreadsheet drops zeros at the beginning; format the column as text"
_POWER = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+")
_DECIMAL = re.compile(r"([0-9]+)[.,]0+")
_AS_DATE = re.compile(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}|[0-9]{1,2}-(?:[A-Za-z]{3}|thg [0-9]{1,2})(?:-[0-9]{2,4})?")
_ERROR = re.compile(r"#(?:N/A|REF!|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!)|#{3,}")
#: in any text: no question ends right before a letter
_LOST_LETTER = re.compile(r"\?[^\W\d_]|\ufffd")
_WEB_ADDRESS = re.compile(r"https?://\S+")
#: the columns in which nobody asks anything: what their names end with
_NO_QUESTIONS = ("name", "address", "title")
_CONTROLS = re.compile(r"[\x80-\x9f]")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')

_PHONE = re.compile(r"[0-9+(][0-9 .\-()+]{3,30}")
#: an own 0, the country, or a number that has none (1900 9068)
_PHONE_BEGINS = re.compile(r"0|\+|1[89]00")

_TURNED = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
#: the day that spreadsheets number 0, and the numbers of the years 2000 to 2099
_DAY_ZERO, _DAY_NUMBERS = date(1899, 12, 30), range(36526, 73051)


def damage(cell: str, column: str) -> str | None:
    """Return what a spreadsheet did to the text of any cell, before it is folded; None if nothing shows."""
    text = cell.strip(" \t\r\n")  # a no-break space at the end may be half a letter
    if _ERROR.fullmatch(text):
        return f"{text}: a spreadsheet's error, not a value"
    if text.startswith("=") and not _TEXT_FORMULA.fullmatch(text):
        return "a formula, not its value; copy the column and paste its values"
    if (once := _read_as_windows(text)) is not None:
        return f"UTF-8 that a program read as Windows-1252: {once!r}? Open the file as UTF-8"
    words = _WEB_ADDRESS.sub("", text)
    if _LOST_LETTER.search(words) or ("?" in words and column.endswith(_NO_QUESTIONS)):
        return "letters were lost (? in place of a letter); save the list as CSV UTF-8"
    return None


def as_text(value: Any) -> Any:
    """Return a cell's value; text that begins like a formula gets an apostrophe before it, as in spreadsheets."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def without_sign_for_text(cell: str) -> str:
    """Return a cell without the apostrophe of `as_text`."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell


def text_in_formula(cell: str) -> str | None:
    """Return 0105 for ``="0105"``, by which people keep zeros; None for any other cell."""
    found = _TEXT_FORMULA.fullmatch(cell.strip())
    return found[1] if found else None


def digits(cells: Mapping[str, str], name: str, length: int) -> str:
    """Return a code of exactly so many digits."""
    text = cells[name]
    if len(text) == length and text.isascii() and text.isdecimal():
        return text
    raise ValueError(f"{name}: expected {length} digits, " + (number_damage(text, length) or f"not {text[:12]!r}"))


def code(cells: Mapping[str, str], name: str, pattern: re.Pattern[str], expected: str) -> str:
    """Return a code of the pattern; ``expected`` describes it."""
    text = cells[name]
    if pattern.fullmatch(text) and not _POWER.fullmatch(text):
        return text
    raise ValueError(f"{name}: expected {expected}" + (f"; {reason}" if (reason := number_damage(text)) else ""))


def below(cells: Mapping[str, str], name: str, of: str) -> str:
    """Return a code that may have lost the zero with which that of its province (the column ``of``) begins."""
    text, province = cells[name], cells[of]
    if text.isdecimal() and province.startswith("0") and not text.startswith(province) and f"0{text}".startswith(province):
        raise ValueError(f"{name}: {text} is probably 0{text}, of {province}: {_ZEROS}")
    return text


def phone(cells: Mapping[str, str], name: str) -> str:
    """Return a telephone number as it is printed, with its zero; empty if there is none."""
    text = cells[name]
    if not text:
        return ""
    if reason := _phone_damage(text):
        raise ValueError(f"{name}: {reason}")
    if not _PHONE.fullmatch(text):
        raise ValueError(f"{name}: expected digits, spaces, dots, hyphens and brackets")
    return text


def mobile(cells: Mapping[str, str], name: str) -> str:
    """Return a mobile number in E.164."""
    try:
        return mobile_in_e164(cells[name])
    except ValidationError:
        raise ValueError(f"{name}: {_phone_damage(cells[name]) or 'expected a mobile number'}") from None


def whole_number(cells: Mapping[str, str], name: str, least: int, most: int) -> int | None:
    """Return the number in a cell; None if it is empty."""
    text = cells[name]
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
        reason = f"; {damaged}" if (damaged := number_damage(text)) else ""
        raise ValueError(f"{name}: expected a whole number from {least} to {most}, or nothing{reason}")
    return int(text)


def day(cells: Mapping[str, str], name: str) -> date:
    """Return a day written as 2026-01-31, of the years 2000 to 2099."""
    text = cells[name]
    expected = f"{name}: expected a date such as 2026-01-31"
    if turned := _TURNED.fullmatch(text):
        raise ValueError(f"{expected}: a spreadsheet turned it round, was it {' or '.join(_readings(turned))}?")
    if text.isdecimal() and len(text) < 6 and int(text) in _DAY_NUMBERS:
        raise ValueError(f"{expected}, not a spreadsheet's number of a day; was it {_DAY_ZERO + timedelta(days=int(text))}?")
    try:
        value = written_day(text)
    except ValueError:
        raise ValueError(expected) from None
    if value.year not in range(2000, 2100):
        raise ValueError(expected)
    return value


def number_damage(text: str, length: int | None = None) -> str | None:
    """Return what a spreadsheet did to a code of digits; None if nothing shows. With its length, a lost zero shows, too."""
    if _POWER.fullmatch(text):
        return f"{text} is a spreadsheet's power of ten, and digits are lost; format the column as text"
    if decimal := _DECIMAL.fullmatch(text):
        return f"{decimal[1].zfill(length or 0)} not {text}: a spreadsheet made it a number; format the column as text"
    if _AS_DATE.fullmatch(text):
        return f"{text} is a date that a spreadsheet made of it; format the column as text"
    if length and text.isascii() and text.isdecimal() and len(text) < length:
        return f"{text.zfill(length)} not {text}: {_ZEROS}"
    return None


def _phone_damage(text: str) -> str | None:
    number = plain_number(text).replace("(", "").replace(")", "")
    if reason := number_damage(text):
        return reason
    if number.isdecimal() and len(number) >= 8 and not _PHONE_BEGINS.match(number):
        return f"begins without its 0, or the + of its country: {_ZEROS}"
    return None


def _readings(turned: re.Match[str]) -> list[str]:
    first, second, year = (int(part) for part in turned.groups())
    found = []
    for month, day_ in dict.fromkeys(((second, first), (first, second))):
        try:
            found.append(date(year, month, day_).isoformat())
        except ValueError:
            continue
    return found or ["a day at all"]


def _read_as_windows(text: str) -> str | None:
    """Return what the text was, if it or a part of it is UTF-8 that was read as Windows-1252; None if it is not."""
    if text.isascii():
        return None
    try:
        # a codec of ftfy's, which passes on the five bytes that mean nothing in Windows-1252
        return text.encode("sloppy-windows-1252").decode("utf-8")
    except UnicodeError:
        plain = _CONTROLS.sub("", text)  # ftfy takes them for signs of Windows-1252, but folding knows what to do with them
        was = ftfy.fix_encoding(plain)
        return None if was == plain else was
