"""Draw a picture anew from its pixels: bounded before decoding, upright, without metadata."""

import io
import math
import re
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from PIL import Image, ImageFile, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from services.chassis.uploads import heic
from services.chassis.uploads.formats import HEIC, JPEG, PNG, WEBP
from services.chassis.uploads.refused import UploadRefused, corrupt, too_complex, too_many_pixels

#: made directly instead of by Image.open: no other decoder can be reached, whatever the bytes say
_DECODERS: dict[str, type[ImageFile.ImageFile]] = {JPEG: JpegImageFile, PNG: PngImageFile, WEBP: WebPImageFile}
_ENCODERS: dict[str, dict[str, Any]] = {
    JPEG: {"format": "JPEG", "quality": 85},
    PNG: {"format": "PNG", "compress_level": 1},
    WEBP: {"format": "WEBP", "quality": 85, "method": 0},
}
Image.init()  # all modules are loaded now: where this runs, no file can be opened
#: a camera's progressive JPEG has about ten scans; each scan of a hostile one costs a pass over all pixels for a few bytes
_MAX_JPEG_SCANS, _MAX_JPEG_SEGMENTS = 64, 10_000
_JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_EOI, _SOS = 0xD9, 0xDA
_ORIENTATION = 0x0112
#: bytes of a pixel in Pillow's memory
_PIXEL_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2}
#: … and what libwebp keeps of each besides: two canvases and the frame
_WEBP_BYTES = 14

Room = Callable[[int], None]


def redrawn(content: bytes, kind: str, *, max_pixels: int, max_bytes: int, max_memory: int, room: Room) -> tuple[bytes, str]:
    """Return the picture drawn anew, and its type: its own, JPEG for HEIC and for a PNG that would become too large.

    :raises UploadRefused: corrupt-file, too-many-pixels, animated-picture or file-too-complex.
    """

    def bounded(needs: int, size: tuple[int, int]) -> None:
        if needs > max_memory:
            raise too_many_pixels(*size)
        room(needs)

    try:
        if kind == HEIC:
            return _encode(heic.decoded(content, max_pixels, bounded), JPEG), JPEG
        picture = _decoded(content, kind, max_pixels, bounded)
        made = _encode(picture, kind)
        if kind == PNG and len(made) > max_bytes:  # a photo, which PNG packs badly
            return _encode(_without_transparency(picture), JPEG), JPEG
        return made, kind
    except (UploadRefused, MemoryError):
        raise
    except Exception:
        # the decoders meet hostile bytes with many kinds of error; each means the same: no picture can be had from this
        raise corrupt() from None


def _decoded(content: bytes, kind: str, max_pixels: int, bounded: Callable[[int, tuple[int, int]], None]) -> Image.Image:
    if kind == WEBP:
        width, height = _webp_size(content)  # its decoder asks for the memory when it is made
        bounded(width * height * (_WEBP_BYTES + 4), (width, height))
    scans = _scans(content) if kind == JPEG else 0
    with _DECODERS[kind](io.BytesIO(content)) as picture:
        size = picture.size
        if getattr(picture, "n_frames", 1) > 1:
            raise UploadRefused(
                "animated-picture", vi="Không nhận ảnh động.", en="A moving picture is not accepted; send a still one."
            )
        needs = 0
        if isinstance(picture, JpegImageFile):
            needs = _coefficients(picture) if scans > 1 else 0
            _shrink_on_load(picture, max_pixels)
        if kind != WEBP:
            bounded(needs + picture.width * picture.height * _bytes_each(picture), size)
        picture.load()
        plain = _plain(picture)
        if (pixels := plain.width * plain.height) > max_pixels:
            plain = plain.reduce(math.ceil(math.sqrt(pixels / max_pixels)))
        with suppress(ValueError, TypeError, KeyError, IndexError, SyntaxError, struct.error, AttributeError):
            ImageOps.exif_transpose(plain, in_place=True)  # metadata that cannot be read are dropped like all others
        return plain


def _bytes_each(picture: ImageFile.ImageFile) -> int:
    """Return the bytes that a pixel takes, from decoding to the picture that is encoded."""
    own = _PIXEL_BYTES.get(picture.mode, 4)
    turned = False
    with suppress(Exception):
        turned = picture.getexif().get(_ORIENTATION, 1) != 1
    if picture.mode.startswith("I"):
        return own + 4 + 4 + 1
    converted = 0 if picture.mode in ("L", "RGB", "RGBA") and "transparency" not in picture.info else 4
    return own + converted + (4 if turned else 0)


def _shrink_on_load(picture: JpegImageFile, max_pixels: int) -> None:
    """Have libjpeg decode to a half, a quarter or an eighth, whichever is small enough: cheaper in time and memory than the whole."""
    width, height = picture.size
    for scale in (1, 2, 4, 8):
        if width * height <= max_pixels * scale * scale:
            if scale > 1:
                picture.draft(None, (max(1, width // scale), max(1, height // scale)))
            return
    raise too_many_pixels(width, height)


def _coefficients(picture: JpegImageFile) -> int:
    """Return the bytes of the coefficients, all of which libjpeg keeps of a picture in several scans, however small it is decoded."""
    samplings = [across * down for _, across, down, _ in picture.layer]
    return math.ceil(picture.width * picture.height * 2 * sum(samplings) / max(samplings))


def _scans(content: bytes) -> int:
    """Return the number of scans up to the picture's end; what phones append (a short film) does not count.

    :raises UploadRefused: if there are more than any camera writes.
    """
    position, scans = 2, 0
    for _ in range(_MAX_JPEG_SEGMENTS):
        found = _JPEG_MARKER.search(content, position)
        if found is None or found[0][1] == _EOI:
            return scans
        scans += found[0][1] == _SOS
        if scans > _MAX_JPEG_SCANS:
            break
        position = found.end() + int.from_bytes(content[found.end() : found.end() + 2], "big")
    raise too_complex()


def _plain(picture: Image.Image) -> Image.Image:
    """Convert to a mode that all three formats know: grey, RGB or RGBA."""
    if picture.mode in ("L", "RGB", "RGBA") and "transparency" not in picture.info:
        return picture  # as it is: a copy of a phone's picture is 48 MB of fresh memory
    if picture.mode in ("1", "L"):
        return picture.convert("L")
    if picture.mode.startswith("I"):  # 16 bits of grey, of which a screen shows the upper half
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    transparent = "A" in picture.mode or "transparency" in picture.info
    return picture.convert("RGBA" if transparent else "RGB")


def _without_transparency(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def _encode(picture: Image.Image, kind: str) -> bytes:
    picture.info = {}  # the encoders would write comments, profiles and XMP from there
    target = io.BytesIO()
    picture.save(target, **_ENCODERS[kind])
    return target.getvalue()


def _webp_size(content: bytes) -> tuple[int, int]:
    """Read width and height from the first chunk (WebP container specification); refuse a truncated file."""
    try:
        (declared,) = struct.unpack_from("<I", content, 4)
        if declared + 8 > len(content):
            raise corrupt()
        chunk = content[12:16]
        if chunk == b"VP8X":
            return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
        if chunk == b"VP8L":
            (bits,) = struct.unpack_from("<I", content, 21)
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    except struct.error:
        raise corrupt() from None
