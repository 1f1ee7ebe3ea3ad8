"""The form's two typefaces, read once per process, and lines of text that fit."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "VSS-Serif", "VSS-Serif-Bold"
_FILES = {REGULAR: "DejaVuSerif.ttf", BOLD: "DejaVuSerif-Bold.ttf"}
_FOLDER = Path(__file__).parent / "fonts"


class _Font(TTFont):
    """A font that several threads may write documents with at once."""

    def addObjects(self, doc: Any) -> None:  # noqa: N802  # reportlab's name
        # cutting the subset moves a file position inside the face: a shared one would mix two documents' glyphs
        mine = copy.copy(self)
        mine.face = copy.copy(self.face)
        super(_Font, mine).addObjects(doc)


# read when this module is imported: Python lets one thread do that, while two that draw their first form would mix two copies
_FONTS = {name: _Font(name, str(_FOLDER / file), shapable=False) for name, file in _FILES.items()}
for _font in _FONTS.values():
    pdfmetrics.registerFont(_font)
rl_config.useA85 = 0  # bytes as they are: a fifth smaller, and 3 ms less to write


def width(text: str, font: str, size: float) -> float:
    """How wide the text is, in points."""
    face = _FONTS[font].face
    known = face.charWidths.get
    total: float = sum([known(code, face.defaultWidth) for code in map(ord, text)])  # pdfmetrics does this with less speed
    return total * size / 1000


def wrap(text: str, font: str, size: float, room: float, *, first: float | None = None) -> list[str]:
    """The text as lines no wider than ``room`` points (``first`` for the first line); never empty."""
    lines: list[str] = []
    line: list[str] = []
    used = 0.0
    limit = room if first is None else first
    space = width(" ", font, size)
    for word in text.split():
        for part in _parts(word, font, size, room if line else min(limit, room)):
            wide = width(part, font, size)
            if line and used + space + wide > limit:
                lines.append(" ".join(line))
                line, used, limit = [part], wide, room
            else:
                used += wide + (space if line else 0)
                line.append(part)
    return [*lines, " ".join(line)]


def _parts(word: str, font: str, size: float, room: float) -> Iterator[str]:
    """The word itself, or pieces of one that is wider than a whole line."""
    while (wide := width(word, font, size)) > room:
        end = max(1, int(len(word) * room / wide))
        while end > 1 and width(word[:end], font, size) > room:
            end -= 1
        yield word[:end]
        word = word[end:]
    if word:
        yield word
