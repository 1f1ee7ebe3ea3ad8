"""Fill A4 pages from the top: text, labelled values, boxes to tick. Knows nothing of Form 01.

Drawing is buffered page by page and put on the canvas at the end, when the number of pages is known. The buffer holds PDF
operators: through the canvas' own methods a form took seven times as long.
"""

from __future__ import annotations

import io
from collections.abc import Callable

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from services.registration.form01.lines import width, wrap, wrap_fixed
from services.registration.form01.typeface import BOLD, REGULAR, Writer

LEFT, RIGHT = 22 * mm, A4[0] - 18 * mm
TOP, BOTTOM = A4[1] - 12 * mm, 18 * mm
WIDTH = RIGHT - LEFT
SIZE = 9.6
LEADING = 1.4
_SLANT = 0.2

#: PDF operators, or a call on the canvas
Draw = str | Callable[[Canvas], None]


class Sheet:
    """Pages being filled. ``y`` is the top of the next line, in points from the bottom of the page."""

    def __init__(self) -> None:
        self._target = io.BytesIO()
        self._canvas = Canvas(self._target, pagesize=A4, pageCompression=1, invariant=1, lang="vi-VN")
        self._writer = Writer(self._canvas)
        self._page: list[Draw] = []
        self._pages = [self._page]
        self.y = TOP

    def draw(self, what: Draw) -> None:
        """Add something to the current page."""
        self._page.append(what)

    def keep_together(self, height: float) -> None:
        """Begin a new page unless ``height`` points are left on this one."""
        if self.y - height < BOTTOM:
            self._page = []
            self._pages.append(self._page)
            self.y = TOP

    def gap(self, height: float) -> None:
        """Leave ``height`` points empty."""
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
        """Write one line with its baseline at ``y``; ``x`` is its left edge, middle or right edge, by ``align``."""
        x -= width(text, font, size) * {"left": 0, "center": 0.5, "right": 1}[align]
        lean = _SLANT if slant else 0
        self.draw(f"BT 1 0 {lean:g} 1 {x:.2f} {y:.2f} Tm {self._writer.show(text, font, size)} ET")

    def centered(self, text: str, x: float, room: float, *, font: str = BOLD, size: float = SIZE) -> None:
        """Write text centred on ``x``, on as many lines as needed."""
        for line in wrap(text, font, size, room):
            self.y -= size * LEADING
            self.text(line, x, self.y + size * 0.35, font=font, size=size, align="center")

    def paragraph(self, text: str, *, size: float = SIZE, indent: float = 8 * mm) -> None:
        """Write fixed text, justified over the whole width (`wrap_fixed`: nothing about a person)."""
        lines = wrap_fixed(text, REGULAR, size, WIDTH, first=WIDTH - indent)
        for number, words in enumerate(lines):
            self.keep_together(size * LEADING)
            self.y -= size * LEADING
            x = LEFT + (indent if number == 0 else 0)
            spaces = words.count(" ")
            spare = RIGHT - x - width(words, REGULAR, size)
            spread = spare / spaces if spaces and number < len(lines) - 1 else 0
            # word spacing applies to all following text until it is reset
            shown = self._writer.show(words, REGULAR, size)
            self.draw(f"BT 1 0 0 1 {x:.2f} {self.y + size * 0.35:.2f} Tm {spread:.3f} Tw {shown} 0 Tw ET")

    def field(self, label: str, value: str, *, required: bool = False, room: float = WIDTH, x: float = LEFT) -> None:
        """Write a label, and its value in bold over a dotted line. ``required`` adds the asterisk of a mandatory field."""
        name = f"{label} *:" if required else f"{label}:"
        start = x + width(name, REGULAR, SIZE) + 1.5 * mm
        lines = wrap(value, BOLD, SIZE, room - 8 * mm, first=max(room - (start - x) - 2 * mm, 20 * mm))
        for number, words in enumerate(lines):
            self.keep_together(SIZE * LEADING * 1.1)
            self.y -= SIZE * LEADING * 1.1
            base = self.y + SIZE * 0.4
            begin = start if number == 0 else x + 6 * mm
            if number == 0:
                self.text(name, x, base)
            self.dotted_line(begin, x + room, base - 2)
            self.text(words, begin + 1 * mm, base, font=BOLD)

    def digits(self, label: str, value: str, *, count: int, x: float, required: bool = False) -> float:
        """Write a label and a row of boxes with one digit each, on the current line. Return where the row ends."""
        name = f"{label} *:" if required else f"{label}:"
        base = self.y + SIZE * 0.4
        self.text(name, x, base)
        start, cell, height = x + width(name, REGULAR, SIZE) + 2 * mm, 5.0 * mm, 5.4 * mm
        spread = cell - width("0", BOLD, SIZE)

        foot = base - 1.5 * mm
        lines = [f"0.5 w {start:.2f} {foot:.2f} {cell * count:.2f} {height:.2f} re"]
        for number in range(1, count):
            between = start + number * cell
            lines.append(f"{between:.2f} {foot:.2f} m {between:.2f} {foot + height:.2f} l")
        self.draw("\n".join([*lines, "S"]))
        shown = self._writer.show(value, BOLD, SIZE)
        self.draw(f"BT 1 0 0 1 {start + spread / 2:.2f} {base:.2f} Tm {spread:.3f} Tc {shown} 0 Tc ET")
        return start + cell * count

    def tick(self, text: str, ticked: bool, *, x: float = LEFT, room: float | None = None) -> None:
        """Draw a box, crossed or empty, and its fixed text (`wrap_fixed`: nothing about a person)."""
        side = 3.4 * mm
        for number, words in enumerate(wrap_fixed(text, REGULAR, SIZE, (room or RIGHT - x) - side - 2.5 * mm)):
            self.keep_together(SIZE * LEADING * 1.1)
            self.y -= SIZE * LEADING * 1.1
            base = self.y + SIZE * 0.4
            if number == 0:
                self.box(x, base - 0.4 * mm, side, ticked)
            self.text(words, x + side + 2.5 * mm, base)

    def box(self, x: float, y: float, side: float, ticked: bool) -> None:
        """Draw a box to tick."""
        self.draw(f"0.8 w {x:.2f} {y:.2f} {side:.2f} {side:.2f} re S")
        if ticked:
            self.text("X", x + side / 2, y + side * 0.16, font=BOLD, size=side * 0.95, align="center")

    def dotted_line(self, x: float, end: float, y: float) -> None:
        """Draw a dotted line to write on."""
        self.draw(f"q 0.5 w 0.35 G [0.6 2.2] 0 d {x:.2f} {y:.2f} m {end:.2f} {y:.2f} l S Q")

    def rule(self, x: float, end: float, y: float, *, thick: float = 0.7) -> None:
        """Draw a solid line."""
        self.draw(f"{thick:g} w {x:.2f} {y:.2f} m {end:.2f} {y:.2f} l S")

    def as_pdf(self, *, title: str, footer: Callable[[int, int], None]) -> bytes:
        """Return the PDF. ``footer(page, pages)`` draws the foot of each page. The same content gives the same bytes. Call it once."""
        self._canvas.setTitle(title)
        self._canvas.setAuthor("Bảo hiểm xã hội Việt Nam")
        for number, page in enumerate(self._pages, start=1):
            self._page = page
            footer(number, len(self._pages))
            for what in page:
                if isinstance(what, str):
                    self._canvas.addLiteral(what)
                else:
                    what(self._canvas)
            self._canvas.showPage()
        self._canvas.save()
        return self._target.getvalue()
