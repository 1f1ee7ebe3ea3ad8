"""Read a scanned card to pre-fill Form 01 (I7). The person checks and confirms the data.

Known cards::

    0113099841|4e677579e1bb856e …|19/05/1987|1|…         health card: code, name as hex of UTF-8, born, sex (1 male, 2 female)
    GD4010113099841|…                                    … with the whole card number in front
    GD4010113099841                                      older health card: two letters, three digits, BHXH code
    111349876090|012345678|Nguyễn …|19051987|Nam|…|…     CCCD: number, old CMND, name, born, sex, address, issued

An implausible field is left out, and no odd field decides which card it is; a card without a number is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import marshmallow as ma

from services.chassis.errors import Permanent
from services.chassis.text import people
from services.chassis.text.folding import one_line, plain_number, without_marks
from services.registration.declarations import identity

HEALTH_CARD, OLD_HEALTH_CARD, CCCD_CARD = "health_card", "old_health_card", "cccd"
LONGEST_TEXT = 2000

_CARD = re.compile(r"[A-Z]{2}[0-9]{3}([0-9]{10})")
_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})|([0-9]{2})([0-9]{2})([0-9]{4})")
_LONGEST_ADDRESS = 300
_CCCD_FIELDS = 6
_HEALTH_FIELDS = 4
_SEX_DIGITS = {"1": "male", "2": "female"}
_SEX_WORDS = {"nam": "male", "nu": "female"}


class Unreadable(Permanent):
    """The text is not that of a known card. The message repeats nothing of what was scanned."""


@dataclass(frozen=True, kw_only=True)
class Prefill:
    """The card's data under the names of the form's fields; None where missing or implausible."""

    source: str
    bhxh_code: str | None = None
    personal_id: str | None = None
    id_type: str | None = None
    id_number: str | None = None
    old_id_number: str | None = None
    full_name: str | None = None
    date_of_birth: date | None = None
    sex: str | None = None  # male, female
    address: str | None = None


def read(text: str) -> Prefill:
    """Return the data in the scanned text.

    :raises Unreadable: if it is not that of a known card.
    """
    if len(text) > LONGEST_TEXT:
        raise Unreadable("longer than any card")
    fields = [field.strip() for field in one_line(text).split("|")]
    if len(fields) == 1:
        return _old_health_card(fields[0])
    if _is_cccd(fields):
        return _cccd(fields)
    if len(fields) >= _HEALTH_FIELDS:
        return _health_card(fields)
    raise Unreadable("no known card has so few fields")


def _is_cccd(fields: list[str]) -> bool:
    """Tell whether more fields fit a CCCD than fit a health card, which may begin with a personal ID, too."""
    if len(fields) < _CCCD_FIELDS or _checked(people.personal_id, fields[0]) is None:
        return False
    as_cccd = (
        not fields[1] or _old_cmnd(fields[1]),
        _checked(people.full_name, fields[2]),
        _DAY.fullmatch(fields[3]),
        _sex(fields[4]),
    )
    as_health_card = (_checked(people.full_name, _from_hex(fields[1])), _DAY.fullmatch(fields[2]), fields[3] in _SEX_DIGITS)
    return sum(map(bool, as_cccd)) > sum(map(bool, as_health_card))


def _old_health_card(number: str) -> Prefill:
    card = _CARD.fullmatch(plain_number(number).upper())
    if card is None:
        raise Unreadable("neither fields nor a card number")
    return Prefill(source=OLD_HEALTH_CARD, bhxh_code=card[1])


def _health_card(fields: list[str]) -> Prefill:
    number = plain_number(fields[0]).upper()
    card = _CARD.fullmatch(number)
    code = card[1] if card else _checked(people.bhxh_code, number)
    person = None if code else _checked(people.personal_id, number)  # on cards issued since August 2025
    if code is None and person is None:
        raise Unreadable("no number in the first field of a health card")
    return Prefill(
        source=HEALTH_CARD,
        bhxh_code=code,
        personal_id=person,
        full_name=_checked(people.full_name, _from_hex(fields[1])),
        date_of_birth=_day(fields[2]),
        sex=_SEX_DIGITS.get(fields[3]),
    )


def _cccd(fields: list[str]) -> Prefill:
    number = people.personal_id(fields[0])
    return Prefill(
        source=CCCD_CARD,
        personal_id=number,
        id_type=people.CCCD,
        id_number=number,
        old_id_number=_old_cmnd(fields[1]),
        full_name=_checked(people.full_name, fields[2]),
        date_of_birth=_day(fields[3]),
        sex=_sex(fields[4]),
        address=fields[5] if 0 < len(fields[5]) <= _LONGEST_ADDRESS else None,
    )


def _from_hex(text: str) -> str:
    try:
        return bytes.fromhex(text).decode("utf-8")
    except ValueError:
        return text  # some printers write the name in clear


def _old_cmnd(text: str) -> str | None:
    return _checked(lambda number: people.id_number(people.CMND, number), text)


def _sex(word: str) -> str | None:
    return _SEX_WORDS.get(without_marks(word))


def _day(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    day, month, year = (int(part) for part in match.groups() if part)
    try:
        return identity.date_of_birth(date(year, month, day))
    except (ValueError, ma.ValidationError):
        return None


def _checked(check: Callable[[str], str], text: str) -> str | None:
    try:
        return check(text)
    except ma.ValidationError:
        return None
