"""Vietnamese words as people type them: with marks or without, and with the tone mark on either vowel (hoà, hòa)."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+(?:%)?")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")

#: what is written short, and its words; applied to texts and keywords alike
SHORT = {
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
    """One word. ``start`` and ``end`` are where it stands in the text it was read from."""

    #: with marks, in one spelling: equal for hoà and hòa
    exact: str
    #: without any mark
    folded: str
    start: int
    end: int

    @property
    def plain(self) -> bool:
        """Whether it was typed without marks, so that only ``folded`` says what may be meant."""
        return self.exact == self.folded


def words(text: str) -> list[Word]:
    """The words of a text in NFC, small; what is written short (`SHORT`) as the words that it stands for."""
    found: list[Word] = []
    for match in _WORD.finditer(text):
        small = match.group().casefold()
        found += [Word(_exact(part), fold(part), *match.span()) for part in SHORT.get(small, small).split()]
    return found


def fold(text: str) -> str:
    """Small letters without any mark: `Hà Đông` is `ha dong`."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def _exact(word: str) -> str:
    """Letters with their marks, the word's tone at its end: where on the word it stands is a matter of taste."""
    decomposed = unicodedata.normalize("NFD", word)
    tone = "".join(sign for sign in decomposed if sign in _TONES)
    return unicodedata.normalize("NFC", "".join(sign for sign in decomposed if sign not in _TONES)) + tone
