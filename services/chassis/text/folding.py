"""One folding of Vietnamese text for every service (W2): what is typed is folded before it is judged, searched or compared."""

import re
import unicodedata
from typing import Final

#: grave, acute, tilde, hook above, dot below: a syllable has one, and spellings differ in where it stands (hoà, hòa).
#: Circumflex, breve and horn make other letters and stay where they are.
TONE_MARKS: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: rank for rank, letter in enumerate(_ALPHABET, start=1)}
#: no tone, then huyền, hỏi, ngã, sắc, nặng: the order of Vietnamese dictionaries
_TONE_RANK = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_WORD = re.compile(r"\d+|[^\W\d_]+")
_NUMBER = 0  # before all letters
_FOREIGN = len(_ALPHABET) + 1
_NOT_SHOWN = ("Cc", "Cf", "Zl", "Zp")

SortKey = tuple[tuple[tuple[int, ...], int], ...]


def one_line(text: str) -> str:
    """Return ``text`` composed (NFC) with single spaces and none at its ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def compact(text: str) -> str:
    """Return ``text`` without any white space: numbers and codes as people group them."""
    return "".join(text.split())


def without_marks(text: str) -> str:
    """Return lower-case letters without marks, single spaces: `Hà Đông` becomes `ha dong`."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(sign for sign in decomposed if not unicodedata.combining(sign)).split())


def has_control_characters(text: str) -> bool:
    """Return whether it holds control characters (line breaks, NUL, direction marks)."""
    return any(unicodedata.category(sign) in _NOT_SHOWN for sign in text)


def sort_key(text: str) -> SortKey:
    """Return a key for ``sorted``: word by word, letters before tones, numbers by their value (Quận 2 before Quận 10)."""
    return tuple(_word_key(word) for word in _WORD.findall(unicodedata.normalize("NFC", text).casefold()))


def _word_key(word: str) -> tuple[tuple[int, ...], int]:
    if word.isdecimal():
        return (_NUMBER, int(word)), 0
    tone = 0
    letters = []
    for letter in word:
        decomposed = unicodedata.normalize("NFD", letter)
        tone = next((_TONE_RANK[mark] for mark in decomposed if mark in _TONE_RANK), tone)
        plain = unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in TONE_MARKS))
        letters.append(_RANK.get(plain, _FOREIGN))
    return tuple(letters), tone
