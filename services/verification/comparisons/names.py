"""Compare two full names (V7). Pure.

`match`: equal whatever the Unicode form, the case, the spacing, the sign that stands for an apostrophe or a hyphen, the look-alikes
of Đ (W2), and the letter of a syllable that carries the tone mark (a syllable has one tone, so `hoà` and `hòa` can only
mean the same). `near`: equal only without diacritics, apostrophes, hyphens or spaces (H'Hen, HHen; Y-Bhăm, Y Bhăm); an
officer decides. Everything else `differs`.
"""

import unicodedata
from typing import Literal

from services.chassis.text.folding import TONE_MARKS, without_marks

#: signs that stand for an apostrophe or a hyphen, and letters that look like đ
_LOOK_ALIKES = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bb\u02bc\u2032", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015", "-")
    | dict.fromkeys("ðɖ", "đ")
)

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
    """Return the name in lower case, decomposed, with single spaces and without invisible characters."""
    visible = "".join(c for c in name if c.isspace() or unicodedata.category(c) not in ("Cf", "Cc"))
    # casefold() may compose and decompose, so it is normalised before and after
    folded = unicodedata.normalize("NFC", visible).casefold().translate(_LOOK_ALIKES)
    return " ".join(unicodedata.normalize("NFD", folded).split())


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
    return "".join(sign for sign in without_marks(name) if sign not in "'- ")
