"""Turn text into words to search by, found with diacritics and without.

Each word of a text stands in the index under its plain letters (``the``). One typed with diacritics stands there as written,
too, its marks as digits as in VNI typing (``thẻ`` is ``the.3``, ``thế`` is ``the.261``); one typed without stands there as such (``the0``).
So `the` finds thẻ, thể and the; `thẻ` finds thẻ and the, but not thể. Words of the person's name are kept apart by an ``@``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from services.chassis.text.folding import TONE_MARKS
from services.feedback.categories.words import Word, words

_TYPED_PLAIN: Final = "0"
_NAME: Final = "@"
_PROVINCE: Final = "#"
_VNI: Final = {
    "\u0301": "1",
    "\u0300": "2",
    "\u0309": "3",
    "\u0303": "4",
    "\u0323": "5",
    "\u0302": "6",
    "\u031b": "7",
    "\u0306": "8",
}
#: most words of a query that count; nobody types more to find something
_MOST: Final = 12


def indexed(text: str, *, name: str | None, province_code: str) -> str:
    """Return all that a complaint is found by, as words separated by single spaces."""
    of_text, of_name = words(_folded(text)), words(_folded(name or ""))
    found = {_PROVINCE + province_code, *_forms(of_text)} | {_NAME + form for form in _forms(of_name)}
    return " ".join(sorted(found))


def wanted(query: str, *, province_code: str | None, names: bool) -> list[list[str]]:
    """Return for each word of a query the words of the index that satisfy it; each of the query's words must be satisfied.

    :param province_code: search only complaints of this province; None: of all.
    :param names: whether the query may find the person by name.
    """
    groups = []
    for word in words(_folded(query))[:_MOST]:
        plain = word.folded.rstrip("%")
        forms = [plain] if word.plain else [_vni(word), plain + _TYPED_PLAIN]
        groups.append(forms + [_NAME + form for form in forms] if names else forms)
    if groups and province_code is not None:
        groups.append([_PROVINCE + province_code])
    return groups


def _forms(read: Iterable[Word]) -> Iterator[str]:
    for word in read:
        plain = word.folded.rstrip("%")
        yield plain
        yield plain + _TYPED_PLAIN if word.plain else _vni(word)


def _vni(word: Word) -> str:
    """Return the plain letters, then each mark with the place of its letter: two words that differ only in marks stay two."""
    marks, place = [], -1
    for sign in unicodedata.normalize("NFD", word.exact):
        if sign in _VNI:
            # the tone stands at the end of a `Word`, so that its place in the spelling does not count
            marks.append(_VNI[sign] if sign in TONE_MARKS else f"{place}{_VNI[sign]}")
        elif not unicodedata.combining(sign):
            place += 1
            if sign == "đ":
                marks.append(f"{place}9")
    return word.folded.rstrip("%") + ("." + "".join(marks) if marks else _TYPED_PLAIN)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text)
