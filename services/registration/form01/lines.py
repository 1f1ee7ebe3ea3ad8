"""Measure text, and break it into lines that fit."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from functools import lru_cache

from services.registration.form01.typeface import ENCODING, FONTS


def width(text: str, font: str, size: float) -> float:
    """Return the width of the text in points."""
    face = FONTS[font]
    total: float
    try:
        total = sum(map(face.common.widths.__getitem__, codecs.charmap_encode(text, "strict", ENCODING)[0]))
    except UnicodeEncodeError:
        known, other = face.face.charWidths.get, face.face.defaultWidth
        total = sum(known(code, other) for code in map(ord, text))
    return total * size / 1000


def wrap(text: str, font: str, size: float, room: float, *, first: float | None = None) -> list[str]:
    """Break text into lines no wider than ``room`` points (``first`` for the first line); there is always one."""
    limit = room if first is None else first
    words = text.split()
    whole = " ".join(words)
    if width(whole, font, size) <= min(limit, room):
        return [whole]
    lines: list[str] = []
    line: list[str] = []
    used = 0.0
    space = width(" ", font, size)
    for word in words:
        for part in _pieces(word, font, size, room if line else min(limit, room)):
            wide = width(part, font, size)
            if line and used + space + wide > limit:
                lines.append(" ".join(line))
                line, used, limit = [part], wide, room
            else:
                used += wide + (space if line else 0)
                line.append(part)
    return [*lines, " ".join(line)]


#: `wrap` for the form's fixed text. It is a cache, so no personal data may go through it
wrap_fixed = lru_cache(maxsize=64)(wrap)


def _pieces(word: str, font: str, size: float, room: float) -> Iterator[str]:
    """Yield the word, or pieces of one that is wider than a whole line."""
    while (wide := width(word, font, size)) > room:
        end = max(1, int(len(word) * room / wide))
        while end > 1 and width(word[:end], font, size) > room:
            end -= 1
        yield word[:end]
        word = word[end:]
    if word:
        yield word
