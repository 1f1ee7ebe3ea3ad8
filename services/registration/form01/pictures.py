"""The two pictures on the form: the dossier number as QR, and the portrait."""

from __future__ import annotations

import io
import re

import segno
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

_QUIET_MODULES = 2
#: any of the eight can be read; trying them all for the handsomest takes 3 ms
_QR_MASK = 2
_DARK = re.compile(rb"\x01+")
_DOTS_PER_POINT = 300 / 72


def qr(text: str, x: float, top: float, side: float) -> str:
    """The operators that draw the QR of ``text`` in a square of ``side`` points, as one path: sharp at any size."""
    rows = segno.make(text, error="m", micro=False, mask=_QR_MASK).matrix
    module = side / (len(rows) + 2 * _QUIET_MODULES)
    bars = [
        f"{_QUIET_MODULES + run.start()} {-number} {run.end() - run.start()} 1 re"
        for number, row in enumerate(rows, start=_QUIET_MODULES + 1)
        for run in _DARK.finditer(row)
    ]
    return "\n".join([f"q {module:.5f} 0 0 {module:.5f} {x:.2f} {top:.2f} cm", *bars, "f Q"])


class Portrait:
    """The picture in as many dots as a printer shows at that size (points)."""

    def __init__(self, content: bytes, width: float, height: float) -> None:
        self._room = width, height
        self._content = _printable(content, (round(width * _DOTS_PER_POINT), round(height * _DOTS_PER_POINT)))

    def draw(self, canvas: Canvas, x: float, y: float) -> None:
        """Put it in the middle of its room, whose lower left corner that is."""
        canvas.drawImage(self, x, y, *self._room, preserveAspectRatio=True, anchor="c")  # type: ignore[arg-type]  # it asks a reader of pictures for no more than is here

    def jpeg_fh(self) -> io.BytesIO:
        """For reportlab, which takes a JPEG as it is from whatever has this; its own ImageReader would unpack it for a name."""
        return io.BytesIO(self._content)

    def __str__(self) -> str:
        """What reportlab knows it by: there is one on a form."""
        return "portrait"


def _printable(content: bytes, size: tuple[int, int]) -> bytes:
    """As a JPEG of that size at most; one that is so already as it came, as `uploads` has written it."""
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
