"""Are two names the same (V7)? Pure.

`match`: equal after Unicode normalisation, whatever the case, the spacing, and wherever in a syllable the tone mark is written
(a syllable has one tone, so `hoà` and `hòa` can only mean the same). `near`: equal only without any diacritics; a person
has to look. Everything else `differs`.
"""

import unicodedata
from typing import Literal

Likeness = Literal["match", "near", "differs"]

#: grave, acute, tilde, hook above, dot below; circumflex, breve and horn make other letters and stay where they are
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
#: the letter that no decomposition takes apart, and the Icelandic one that old fonts wrote in its place
_STROKED = {"\u0111": "d", "\u00f0": "d"}


def compare(one: str, other: str) -> Likeness:
    """How alike two full names are. An empty name is like nothing."""
    left, right = _syllables(one), _syllables(other)
    if not left or not right:
        return "differs"
    if [_sound(each) for each in left] == [_sound(each) for each in right]:
        return "match"
    return "near" if [_bare(each) for each in left] == [_bare(each) for each in right] else "differs"


def _syllables(name: str) -> list[str]:
    """The words, decomposed and without case; what cannot be seen (zero-width characters, controls) is left out."""
    visible = "".join(c for c in name if c.isspace() or unicodedata.category(c) not in ("Cf", "Cc"))
    # folding may compose and decompose, so both forms are taken
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFC", visible).casefold())
    return unicodedata.normalize("NFD", folded).split()


def _sound(syllable: str) -> tuple[str, str]:
    """The letters, and the tones apart from the letters they stand on."""
    letters = "".join(c for c in syllable if c not in _TONES)
    return unicodedata.normalize("NFC", letters), "".join(c for c in syllable if c in _TONES)


def _bare(syllable: str) -> str:
    return "".join(_STROKED.get(c, c) for c in syllable if not unicodedata.combining(c))
