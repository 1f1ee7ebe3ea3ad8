"""Suggest the category of a text by adding up the points of the keywords in it, so that the clerk can check the result.

It only helps the clerk (F2 is a person's judgement): nothing in the service acts on a suggestion.

* A keyword matches where all its words occur in a row. It counts once, however often it occurs.
* Typed without diacritics it counts for `WITHOUT_MARKS` of its points, because `the` may be thẻ, thế or thể. A word typed with
  diacritics must have the right ones.
* A sub-category that scores also gets the points of its parent.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from services.feedback.categories.words import Word, words

WITHOUT_MARKS = 0.75


class Keyword(NamedTuple):
    """A phrase to look for, and the points it is worth."""

    phrase: str
    points: int

    @classmethod
    def read(cls, text: str) -> Keyword:
        """Parse a cell such as ``thời gian đóng*3``; one point if none are given.

        :raises ValueError: saying what is wrong.
        """
        return cls(*_parse(text))

    def __str__(self) -> str:
        return f"{self.phrase}*{self.points}"


@lru_cache(maxsize=4096)
def _parse(text: str) -> tuple[str, int]:
    # cached: the same few hundred keywords come with every list of categories
    phrase, star, points = (part.strip() for part in text.rpartition("*")) if "*" in text else (text.strip(), "", "1")
    if star and not (points.isascii() and points.isdecimal() and 1 <= int(points[:3]) <= 9):
        raise ValueError(f"keywords: {text!r}: expected 1 to 9 points after *")
    if not words(phrase):
        raise ValueError(f"keywords: {text!r}: contains no word")
    return phrase, int(points)


@dataclass(frozen=True)
class Hint:
    """The keywords that point to one category."""

    code: str
    parent: str | None
    keywords: tuple[Keyword, ...]


class Found(NamedTuple):
    """A matched keyword, as it appears in the text, and the points it counts."""

    keyword: str
    text: str
    points: float


@dataclass(frozen=True)
class Suggestion:
    """A category, and why: the points of ``because`` add up to ``score``."""

    code: str
    score: float
    because: tuple[Found, ...]


def suggest(text: str, hints: Iterable[Hint], *, limit: int = 3) -> list[Suggestion]:
    """Return the categories that a text may belong to, the likeliest first; none if it contains no keyword.

    Takes about a millisecond for 500 words.
    """
    text, hints = unicodedata.normalize("NFC", text), tuple(hints)
    index = _index(hints)
    own: dict[str, dict[Keyword, Found]] = {hint.code: {} for hint in hints}
    read = words(text)
    for place in range(len(read)):
        for code, keyword, wanted in index.get(read[place].folded, ()):
            quality = _quality(read[place : place + len(wanted)], wanted)
            before = own[code].get(keyword)
            points = keyword.points * quality
            if quality and (before is None or before.points < points):
                span = text[read[place].start : read[place + len(wanted) - 1].end]
                own[code][keyword] = Found(keyword.phrase, span, points)
    suggestions = []
    for hint in hints:
        matched = tuple(own[hint.code].values())
        if matched and hint.parent:
            matched += tuple(own.get(hint.parent, {}).values())
        if matched:
            suggestions.append(Suggestion(hint.code, round(sum(each.points for each in matched), 2), matched))
    # equal scores: the one with fewer keywords is the simpler guess; then list order decides
    return sorted(suggestions, key=lambda each: (-each.score, len(each.because)))[:limit]


Index = dict[str, list[tuple[str, Keyword, tuple[Word, ...]]]]


@lru_cache(maxsize=4)
def _index(hints: tuple[Hint, ...]) -> Index:
    """Group the keywords by their first word."""
    made: Index = {}
    for hint in hints:
        for keyword in hint.keywords:
            wanted = tuple(words(keyword.phrase))
            made.setdefault(wanted[0].folded, []).append((hint.code, keyword, wanted))
    return made


def _quality(read: Sequence[Word], wanted: Sequence[Word]) -> float:
    """Return 1 for identical words, `WITHOUT_MARKS` if diacritics are left out, 0 for other words."""
    if len(read) < len(wanted):
        return 0.0
    worst = 1.0
    for have, want in zip(read, wanted, strict=True):
        if have.exact == want.exact:
            continue
        if not have.plain or have.folded != want.folded:
            return 0.0
        worst = WITHOUT_MARKS
    return worst
