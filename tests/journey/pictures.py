"""Pictures as phones take them, only smaller: decodable, and each one different from the others."""

from __future__ import annotations

import hashlib
import io
from functools import lru_cache

from PIL import Image, ImageDraw


def photo(name: str, *, size: tuple[int, int] = (320, 240)) -> bytes:
    """A JPEG that is the same for the same name."""
    return _drawn(name, size, "JPEG")


@lru_cache(maxsize=512)
def _drawn(name: str, size: tuple[int, int], kind: str) -> bytes:
    seed = hashlib.sha256(name.encode()).digest()
    image = Image.new("RGB", size, (seed[0], seed[1], seed[2]))
    draw = ImageDraw.Draw(image)
    for at in range(3, 27, 4):
        left, top = seed[at] * size[0] // 256, seed[at + 1] * size[1] // 256
        draw.ellipse((left, top, left + seed[at + 2] // 4, top + seed[at + 3] // 4), (seed[at], seed[at + 1], 90))
    kept = io.BytesIO()
    image.save(kept, kind, quality=80)
    return kept.getvalue()
