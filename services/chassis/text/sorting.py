"""Sort Vietnamese text as dictionaries do."""

import re
import unicodedata

from services.chassis.text.folding import TONE_MARKS

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: rank for rank, letter in enumerate(_ALPHABET, start=1)}
#: no tone, then huyền, hỏi, ngã, sắc, nặng: the order of Vietnamese dictionaries
_TONE_RANK = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_WORD = re.compile(r"\d+|[^\W\d_]+")
_NUMBER = 0  # before all letters
_FOREIGN = len(_ALPHABET) + 1

SortKey = tuple[tuple[tuple[int, ...], int], ...]


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
