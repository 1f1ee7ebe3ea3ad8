"""Read a scanned card to pre-fill Form 01 (I7). The person checks and confirms the data.

Known cards::

    0113099841|4e677579e1bb856e …|19/05/1987|1|…         health card: code, name as hex of UTF-8, born, sex (1 male, 2 female)
    GD4010113099841|…                                    … with the whole card number in front
    GD4010113099841                                      older health card: two letters, three digits, BHXH code
    111349876090|012345678|Nguyễn …|19051987|Nam|…|…     CCCD: number, old CMND, name, born, sex, address, issued

An implausible field is left out; a card without a number is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import marshmallow as ma

from services.chassis.errors import Permanent
from services.chassis.text.folding import plain_number
from services.registration.declarations import identity

HEALTH_CARD, OLD_HEALTH_CARD, CCCD_CARD = "health_card", "old_health_card", "cccd"
LONGEST_TEXT = 2000

_CARD = re.compile(r"[A-Z]{2}[0-9]{3}([0-9]{10})")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_PLAIN = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_CCCD_FIELDS = 6
_HEALTH_FIELDS = 4
_SEXES = {"1": "male", "2": "female", "nam": "male", "nữ": "female"}


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
    fields = [field.strip() for field in unicodedata.normalize("NFC", text).strip().split("|")]
    if len(fields) == 1:
        return _old_health_card(fields[0])
    if len(fields) >= _CCCD_FIELDS and _checked(identity.personal_id, fields[0]) and _PLAIN.fullmatch(fields[3]):
        return _cccd(fields)
    if len(fields) >= _HEALTH_FIELDS:
        return _health_card(fields)
    raise Unreadable("no known card has so few fields")


def _old_health_card(number: str) -> Prefill:
    card = _CARD.fullmatch(plain_number(number).upper())
    if card is None:
        raise Unreadable("neither fields nor a card number")
    return Prefill(source=OLD_HEALTH_CARD, bhxh_code=card[1])


def _health_card(fields: list[str]) -> Prefill:
    number = plain_number(fields[0]).upper()
    card = _CARD.fullmatch(number)
    code = card[1] if card else _checked(identity.bhxh_code, number)
    person = None if code else _checked(identity.personal_id, number)  # on cards issued since August 2025
    if code is None and person is None:
        raise Unreadable("no number in the first field of a health card")
    return Prefill(
        source=HEALTH_CARD,
        bhxh_code=code,
        personal_id=person,
        full_name=_checked(identity.full_name, _from_hex(fields[1])),
        date_of_birth=_day(_SLASHED, fields[2]),
        sex=_SEXES.get(fields[3].casefold()),
    )


def _cccd(fields: list[str]) -> Prefill:
    number = identity.personal_id(fields[0])
    return Prefill(
        source=CCCD_CARD,
        personal_id=number,
        id_type=identity.CCCD,
        id_number=number,
        old_id_number=_checked(lambda old: identity.id_number(identity.CMND, old), fields[1]),
        full_name=_checked(identity.full_name, fields[2]),
        date_of_birth=_day(_PLAIN, fields[3]),
        sex=_SEXES.get(fields[4].casefold()),
        address=_checked(identity.line, fields[5]) or None,
    )


def _from_hex(text: str) -> str:
    try:
        return bytes.fromhex(text).decode("utf-8")
    except ValueError:
        return text  # some printers write the name in clear


def _day(form: re.Pattern[str], text: str) -> date | None:
    match = form.fullmatch(text)
    if match is None:
        return None
    try:
        return identity.date_of_birth(date(int(match[3]), int(match[2]), int(match[1])))
    except (ValueError, ma.ValidationError):
        return None


def _checked(check: Callable[[str], str], text: str) -> str | None:
    try:
        return check(text)
    except ma.ValidationError:
        return None
