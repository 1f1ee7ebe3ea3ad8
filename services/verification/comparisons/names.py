"""Compare two full names (V7). Pure.

`match`: equal once folded (W2), whatever the case, and the letter of a syllable that carries the tone mark (a syllable has one
tone, so `hoà` and `hòa` can only mean the same). `near`: equal only without diacritics, apostrophes, hyphens, full stops or spaces
(H'Hen, HHen; Y-Bhăm, Y Bhăm); an officer decides. Everything else `differs`.
"""

import unicodedata
from typing import Literal

from services.chassis.text.folding import TONE_MARKS, plain_name, without_marks

Likeness = Literal["match", "near", "differs"]


def compare(one: str, other: str) -> Likeness:
    """Return how alike two full names are. An empty name differs from every other."""
    left, right = _visible(one), _visible(other)
    if not left or not right:
        return "differs"
    if _sounds(left) == _sounds(right):
        return "match"
    bare = _bare(left)
    return "near" if bare and bare == _bare(right) else "differs"


def _visible(name: str) -> str:
    """Return the folded name in lower case, decomposed."""
    # casefold() may compose and decompose, so it is folded before and decomposed after
    return " ".join(unicodedata.normalize("NFD", plain_name(name).casefold()).split())


def _sounds(name: str) -> list[tuple[str, str]]:
    """Return each syllable as its letters without tones, and its tones."""
    return [
        (
            unicodedata.normalize("NFC", "".join(c for c in syllable if c not in TONE_MARKS)),
            "".join(c for c in syllable if c in TONE_MARKS),
        )
        for syllable in name.split()
    ]


def _bare(name: str) -> str:
    return "".join(sign for sign in without_marks(name) if sign not in "'-. ")
