"""Sheets of A4 that are filled from the top: text, labelled values, boxes to tick. Knows nothing of Form 01.

What is drawn is remembered page by page and put on the canvas at the end, when it is known how many pages there are.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from services.registration.form01.typeface import BOLD, REGULAR, width, wrap

LEFT, RIGHT = 22 * mm, A4[0] - 18 * mm
TOP, BOTTOM = A4[1] - 12 * mm, 18 * mm
WIDTH = RIGHT - LEFT
SIZE = 9.6
LEADING = 1.4
_SLANT = 0.2
_DOTS = (0.6, 2.2)

Draw = Callable[[Canvas], None]


class Sheet:
    """``y`` is where the next line's top is, in points from the page's foot."""

    def __init__(self) -> None:
        self.pages: list[list[Draw]] = [[]]
        self.y = TOP

    def draw(self, what: Draw) -> None:
        """Put something on the present page."""
        self.pages[-1].append(what)

    def need(self, height: float) -> None:
        """Go to a new page unless so much is left on this one."""
        if self.y - height < BOTTOM:
            self.pages.append([])
            self.y = TOP

    def gap(self, height: float) -> None:
        """Leave some room."""
        self.y -= height

    def text(
        self,
        text: str,
        x: float,
        y: float,
        *,
        font: str = REGULAR,
        size: float = SIZE,
        align: str = "left",
        slant: bool = False,
    ) -> None:
        """One line with its baseline at ``y``; ``x`` is its left edge, middle or right edge."""
        x -= width(text, font, size) * {"left": 0, "center": 0.5, "right": 1}[align]

        def put(canvas: Canvas) -> None:
            line = canvas.beginText()
            line.setTextTransform(1, 0, _SLANT if slant else 0, 1, x, y)
            line.setFont(font, size)
            line.textOut(text)
            canvas.drawText(line)

        self.draw(put)

    def centered(self, text: str, x: float, room: float, *, font: str = BOLD, size: float = SIZE) -> None:
        """Text around ``x``, on as many lines as it takes."""
        for line in wrap(text, font, size, room):
            self.y -= size * LEADING
            self.text(line, x, self.y + size * 0.35, font=font, size=size, align="center")

    def paragraph(self, text: str, *, size: float = SIZE, indent: float = 8 * mm) -> None:
        """Justified text over the whole width."""
        lines = wrap(text, REGULAR, size, WIDTH, first=WIDTH - indent)
        for number, words in enumerate(lines):
            self.need(size * LEADING)
            self.y -= size * LEADING
            x = LEFT + (indent if number == 0 else 0)
            spaces = words.count(" ")
            spare = RIGHT - x - width(words, REGULAR, size)
            spread = spare / spaces if spaces and number < len(lines) - 1 else 0
            self._spread(words, x, self.y + size * 0.35, size, spread)

    def field(self, label: str, value: str, *, mark: bool = False, room: float = WIDTH, x: float = LEFT) -> None:
        """A label, and its value in bold over a dotted line; ``mark``: the asterisk of what must be filled in."""
        name = f"{label} *:" if mark else f"{label}:"
        start = x + width(name, REGULAR, SIZE) + 1.5 * mm
        lines = wrap(value, BOLD, SIZE, room - 8 * mm, first=max(room - (start - x) - 2 * mm, 20 * mm))
        for number, words in enumerate(lines):
            self.need(SIZE * LEADING * 1.1)
            self.y -= SIZE * LEADING * 1.1
            base = self.y + SIZE * 0.4
            begin = start if number == 0 else x + 6 * mm
            if number == 0:
                self.text(name, x, base)
            self.dots(begin, x + room, base - 2)
            self.text(words, begin + 1 * mm, base, font=BOLD)

    def digits(self, label: str, value: str, *, count: int, x: float, mark: bool = False) -> float:
        """A label and a row of boxes with one digit each, on a line that the caller has begun; returns the right end."""
        name = f"{label} *:" if mark else f"{label}:"
        base = self.y + SIZE * 0.4
        self.text(name, x, base)
        start, cell, height = x + width(name, REGULAR, SIZE) + 2 * mm, 5.0 * mm, 5.4 * mm
        spread = cell - width("0", BOLD, SIZE)

        def put(canvas: Canvas) -> None:
            canvas.setLineWidth(0.5)
            canvas.rect(start, base - 1.5 * mm, cell * count, height)
            for number in range(1, count):
                canvas.line(start + number * cell, base - 1.5 * mm, start + number * cell, base - 1.5 * mm + height)
            line = canvas.beginText()
            line.setTextOrigin(start + spread / 2, base)
            line.setFont(BOLD, SIZE)
            line.setCharSpace(spread)
            line.textOut(value)
            line.setCharSpace(0)  # it would hold for all text that follows
            canvas.drawText(line)

        self.draw(put)
        return start + cell * count

    def tick(self, text: str, ticked: bool, *, x: float = LEFT, room: float | None = None) -> None:
        """A box, crossed or empty, and what it stands for."""
        side = 3.4 * mm
        for number, words in enumerate(wrap(text, REGULAR, SIZE, (room or RIGHT - x) - side - 2.5 * mm)):
            self.need(SIZE * LEADING * 1.1)
            self.y -= SIZE * LEADING * 1.1
            base = self.y + SIZE * 0.4
            if number == 0:
                self.box(x, base - 0.4 * mm, side, ticked)
            self.text(words, x + side + 2.5 * mm, base)

    def box(self, x: float, y: float, side: float, ticked: bool) -> None:
        """A box to tick."""

        def put(canvas: Canvas) -> None:
            canvas.setLineWidth(0.8)
            canvas.rect(x, y, side, side)

        self.draw(put)
        if ticked:
            self.text("X", x + side / 2, y + side * 0.16, font=BOLD, size=side * 0.95, align="center")

    def dots(self, x: float, end: float, y: float) -> None:
        """A dotted line to write on."""

        def put(canvas: Canvas) -> None:
            canvas.saveState()
            canvas.setLineWidth(0.5)
            canvas.setStrokeGray(0.35)
            canvas.setDash(*_DOTS)
            canvas.line(x, y, end, y)
            canvas.restoreState()

        self.draw(put)

    def rule(self, x: float, end: float, y: float, *, thick: float = 0.7) -> None:
        """A plain line."""

        def put(canvas: Canvas) -> None:
            canvas.setLineWidth(thick)
            canvas.line(x, y, end, y)

        self.draw(put)

    def as_pdf(self, *, title: str, footer: Callable[[int, int], Sequence[Draw]]) -> bytes:
        """All pages; ``footer(page, pages)`` gives what stands at each one's foot. The same bytes for the same content."""
        target = io.BytesIO()
        canvas = Canvas(target, pagesize=A4, pageCompression=1, invariant=1, lang="vi-VN")
        canvas.setTitle(title)
        canvas.setAuthor("Bảo hiểm xã hội Việt Nam")
        for number, page in enumerate(self.pages, start=1):
            for put in (*page, *footer(number, len(self.pages))):
                put(canvas)
            canvas.showPage()
        canvas.save()
        return target.getvalue()

    def _spread(self, words: str, x: float, y: float, size: float, spread: float) -> None:
        def put(canvas: Canvas) -> None:
            line = canvas.beginText()
            line.setTextOrigin(x, y)
            line.setFont(REGULAR, size)
            line.setWordSpace(spread)
            line.textOut(words)
            line.setWordSpace(0)
            canvas.drawText(line)

        self.draw(put)
