"""Decode HEIC, in which iPhones keep their photos: whole pictures only, and small enough in memory."""

import math
from collections.abc import Callable

import pi_heif
from PIL import Image

from services.chassis.uploads.refused import too_many_pixels

pi_heif.options.DECODE_THREADS = 1  # where this runs, none can be started
#: a pixel decoded: brightness and two colours of a quarter as many, then RGB
_BYTES_EACH = 4.5
#: by what a picture may be reduced, and how many rows are copied at a time: a multiple of each
_SCALES, _ROWS = (1, 2, 3, 4, 5, 6, 8), 240


def decoded(content: bytes, max_pixels: int, bounded: Callable[[int, tuple[int, int]], None]) -> Image.Image:
    """Return the main picture, upright, in RGB, and of about ``max_pixels`` at most.

    :param bounded: called before decoding with the bytes of memory that it takes, and the picture's size.
    """
    file = pi_heif.open_heif(content, convert_hdr_to_8bit=True)
    width, height = file.size
    scale = next((each for each in _SCALES if width * height <= max_pixels * each**2), 0)
    if not scale:
        raise too_many_pixels(width, height)
    size = math.ceil(width / scale), math.ceil(height / scale)
    bounded(math.ceil(width * height * _BYTES_EACH) + size[0] * size[1] * 4, (width, height))
    rows, stride, mode = memoryview(file.data), file.stride, file.mode
    made = Image.new("RGB", size)
    # row by row: the whole as a picture of Pillow's would take four bytes more of each pixel
    for top in range(0, height, _ROWS):
        end = min(top + _ROWS, height)
        band = Image.frombuffer(mode, (width, end - top), bytes(rows[top * stride : end * stride]), "raw", mode, stride, 1)
        made.paste(band.reduce(scale) if scale > 1 else band, (0, top // scale))
    return made
