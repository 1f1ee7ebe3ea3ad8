"""Vietnamese words as people here look for them: sorted by the Vietnamese alphabet, found without their marks."""

from __future__ import annotations

import re
import unicodedata

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_PLACE = {letter: place for place, letter in enumerate(_ALPHABET, start=1)}
#: no tone, then huyền, hỏi, ngã, sắc, nặng: the order of Vietnamese dictionaries
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_WORD = re.compile(r"\d+|[^\W\d_]+")
_NUMBER = 0  # before all letters
_FOREIGN = len(_ALPHABET) + 1

Key = tuple[tuple[tuple[int, ...], int], ...]


def sort_key(text: str) -> Key:
    """For ``sorted``: word by word, letters before tones, numbers by their value (Quận 2 before Quận 10)."""
    return tuple(_word_key(word) for word in _WORD.findall(unicodedata.normalize("NFC", text).casefold()))


def _word_key(word: str) -> tuple[tuple[int, ...], int]:
    if word.isdecimal():
        return (_NUMBER, int(word)), 0
    tone = 0
    letters = []
    for letter in word:
        decomposed = unicodedata.normalize("NFD", letter)
        tone = next((_TONES[mark] for mark in decomposed if mark in _TONES), tone)
        plain = unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in _TONES))
        letters.append(_PLACE.get(plain, _FOREIGN))
    return tuple(letters), tone


def fold(text: str) -> str:
    """Small letters without any mark, single spaces: `Hà Đông` is `ha dong`."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(sign for sign in decomposed if not unicodedata.combining(sign)).split())
