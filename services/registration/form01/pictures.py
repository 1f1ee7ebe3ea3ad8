"""The two pictures on the form: the dossier number as QR, and the portrait."""

from __future__ import annotations

import io
from itertools import groupby

import segno
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

_QUIET_MODULES = 2
_DOTS_PER_POINT = 300 / 72


def qr(canvas: Canvas, text: str, x: float, y: float, side: float) -> None:
    """The QR of ``text`` in a square of ``side`` points, as one path: sharp at any size."""
    rows = list(segno.make(text, error="m", micro=False).matrix_iter(border=_QUIET_MODULES))
    module = side / len(rows)
    bars = []
    for number, row in enumerate(rows, start=1):
        start = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                bars.append(f"{start} {-number} {length} 1 re")
            start += length
    canvas.saveState()
    canvas.translate(x, y + side)
    canvas.scale(module, module)
    canvas.addLiteral("\n".join([*bars, "f"]))  # whole numbers of modules: reportlab would spend 5 ms on writing them
    canvas.restoreState()


def portrait(content: bytes, width: float, height: float) -> ImageReader:
    """The picture in as many dots as a printer shows at that size (points)."""
    picture: Image.Image = Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP"))
    size = (round(width * _DOTS_PER_POINT), round(height * _DOTS_PER_POINT))
    picture.draft("RGB", size)
    picture.thumbnail(size)
    plain = Image.new("RGB", picture.size, "white")
    plain.paste(picture, mask=picture.getchannel("A") if "A" in picture.getbands() else None)
    target = io.BytesIO()
    plain.save(target, "JPEG", quality=85)
    target.seek(0)
    return ImageReader(target)
