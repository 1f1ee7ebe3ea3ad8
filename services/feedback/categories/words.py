"""Split Vietnamese text into words, typed with or without diacritics, and with the tone mark on either vowel (hoà, hòa)."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from services.chassis.text.folding import TONE_MARKS, without_marks

_WORD = re.compile(r"[^\W_]+(?:%)?")

#: abbreviations and their expansions, applied to texts and keywords alike
ABBREVIATIONS = {
    "bhxh": "bảo hiểm xã hội",
    "bhyt": "bảo hiểm y tế",
    "bhtn": "bảo hiểm thất nghiệp",
    "bh": "bảo hiểm",
    "cccd": "căn cước công dân",
    "kcb": "khám chữa bệnh",
    "sđt": "số điện thoại",
    "sdt": "số điện thoại",
    "đt": "điện thoại",
    "gd": "giao dịch",
    "dvc": "dịch vụ công",
    "ko": "không",
    "khong": "không",
    "k": "không",
    "hong": "không",
    "dc": "được",
    "đc": "được",
    "bv": "bệnh viện",
    "cty": "công ty",
    "mk": "mật khẩu",
    "tk": "tài khoản",
}


class Word(NamedTuple):
    """One word. ``start`` and ``end`` are its position in the text."""

    #: with diacritics, in one spelling: equal for hoà and hòa
    exact: str
    #: without any diacritics
    folded: str
    start: int
    end: int

    @property
    def plain(self) -> bool:
        """Tell whether it was typed without diacritics, so that only ``folded`` can be compared."""
        return self.exact == self.folded


def words(text: str) -> list[Word]:
    """Return the words of an NFC text in lower case, with abbreviations expanded."""
    found: list[Word] = []
    for match in _WORD.finditer(text):
        small = match.group().casefold()
        found += [Word(_exact(part), without_marks(part), *match.span()) for part in ABBREVIATIONS.get(small, small).split()]
    return found


def _exact(word: str) -> str:
    """Move the tone mark to the end of the word: its place varies between spellings."""
    decomposed = unicodedata.normalize("NFD", word)
    tone = "".join(sign for sign in decomposed if sign in TONE_MARKS)
    return unicodedata.normalize("NFC", "".join(sign for sign in decomposed if sign not in TONE_MARKS)) + tone
