"""Draw the two pictures of the form: the dossier number as a QR code, and the portrait."""

from __future__ import annotations

import io
import re

import segno
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

_QUIET_MODULES = 2
#: every one of the eight masks is readable; trying all to choose the best takes 3 ms
_QR_MASK = 2
_DARK = re.compile(rb"\x01+")
_DOTS_PER_POINT = 300 / 72


def qr(text: str, x: float, top: float, side: float) -> str:
    """Return the PDF operators that draw ``text`` as QR code in a square of ``side`` points: one path, sharp at any size."""
    rows = segno.make(text, error="m", micro=False, mask=_QR_MASK).matrix
    module = side / (len(rows) + 2 * _QUIET_MODULES)
    bars = [
        f"{_QUIET_MODULES + run.start()} {-number} {run.end() - run.start()} 1 re"
        for number, row in enumerate(rows, start=_QUIET_MODULES + 1)
        for run in _DARK.finditer(row)
    ]
    return "\n".join([f"q {module:.5f} 0 0 {module:.5f} {x:.2f} {top:.2f} cm", *bars, "f Q"])


class Portrait:
    """The portrait, scaled to the resolution that a printer shows in a box of that size (points)."""

    def __init__(self, content: bytes, width: float, height: float) -> None:
        self._room = width, height
        self._content = _printable(content, (round(width * _DOTS_PER_POINT), round(height * _DOTS_PER_POINT)))

    def draw(self, canvas: Canvas, x: float, y: float) -> None:
        """Draw it centred in its box, whose lower left corner is at ``x``, ``y``."""
        canvas.drawImage(self, x, y, *self._room, preserveAspectRatio=True, anchor="c")  # type: ignore[arg-type]  # of an image reader it uses only the methods below

    def jpeg_fh(self) -> io.BytesIO:
        """Return the JPEG, which reportlab embeds unchanged; its own ImageReader would decode it only to hash it."""
        return io.BytesIO(self._content)

    def __str__(self) -> str:
        """Return the name that reportlab caches it by; a form has only one."""
        return "portrait"


def _printable(content: bytes, size: tuple[int, int]) -> bytes:
    """Return a JPEG of at most that size; one that is small enough is returned unchanged, as `uploads` has written it."""
    picture: Image.Image = Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP"))
    if picture.format == "JPEG" and picture.mode in ("RGB", "L") and picture.width <= size[0] and picture.height <= size[1]:
        return content
    picture.draft("RGB", size)
    picture.thumbnail(size)
    plain = Image.new("RGB", picture.size, "white")
    plain.paste(picture, mask=picture.getchannel("A") if "A" in picture.getbands() else None)
    target = io.BytesIO()
    plain.save(target, "JPEG", quality=85)
    return target.getvalue()
