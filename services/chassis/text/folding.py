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
#: besides dashes: what people group digits by
_SEPARATORS: Final = frozenset(".,\u00b7\u2212\u2027")
_NOT_SHOWN = ("Cc", "Cf", "Zl", "Zp")

SortKey = tuple[tuple[tuple[int, ...], int], ...]


def one_line(text: str) -> str:
    """Return ``text`` composed (NFC) with single spaces and none at its ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def plain_number(text: str) -> str:
    """Return a number or code as it was meant, however it was typed or pasted (W2): `0113 099-841` becomes `0113099841`.

    Full-width signs are made plain; white space, invisible signs, hyphens, dots and other separators are dropped. Letters stay, and
    O is no 0: what is then wrong is for the caller to say.
    """
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if not _separates(sign))


def _separates(sign: str) -> bool:
    return sign.isspace() or sign in _SEPARATORS or unicodedata.category(sign) in (*_NOT_SHOWN, "Pd", "Mn")


def without_marks(text: str) -> str:
    """Return lower-case letters without marks, single spaces: `Hà Đông` becomes `ha dong`."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(sign for sign in decomposed if not unicodedata.combining(sign)).split())


def without_hidden(text: str) -> str:
    """Return ``text`` without invisible signs and surrounding white space, full-width signs made plain (W2): names of staff and the like."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in plain if unicodedata.category(sign) not in _NOT_SHOWN).strip()


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
