"""Draw small pictures in memory, as from a phone or scanner: decodable, and all different."""

from __future__ import annotations

import io
import zlib
from functools import lru_cache

from PIL import Image, ImageDraw

_SIZES = {"portrait": (300, 400), "signed_form": (595, 842), "birth_certificate": (842, 595)}
_CARD = (428, 270)
_PAPER, _INK, _LINE = (250, 248, 240), (40, 45, 60), (190, 195, 205)


@lru_cache(maxsize=512)
def photo(kind: str, of: str, *, size: tuple[int, int] | None = None) -> bytes:
    """Return a JPEG for this kind of attachment; the same person and kind give the same picture. `size` in pixels."""
    width, height = size or _SIZES.get(kind, _CARD)
    seed = zlib.crc32(f"{kind} {of}".encode())
    image = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(image)
    tint = tuple(90 + (seed >> shift) % 120 for shift in (0, 8, 16))
    if kind == "portrait":
        draw.rectangle((0, 0, width, height), fill=(205, 220, 235))
        draw.ellipse((width * 0.3, height * 0.2, width * 0.7, height * 0.6), fill=tint)
        draw.ellipse((width * 0.15, height * 0.62, width * 0.85, height * 1.3), fill=_INK)
    else:
        draw.rectangle((0, 0, width, height * 0.16), fill=tint)
        for row in range(int(height * 0.24), max(height - 30, int(height * 0.24) + 1), 26):
            draw.line((30, row, width - 40 - (seed + row * 37) % (width // 3), row), fill=_LINE, width=6)
    if kind == "signed_form":
        points = [(width * 0.55 + step * 12, height * 0.88 + ((seed >> step % 24) % 30) - 15) for step in range(18)]
        draw.line(points, fill=(20, 40, 140), width=3, joint="curve")
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=82)
    return kept.getvalue()
