"""Re-encodes a picture from its pixels: bounded before decoding, upright, without metadata."""

import io
import re
import struct
from contextlib import suppress
from typing import Any

from PIL import Image, ImageFile, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from services.chassis.uploads.formats import JPEG, PNG, WEBP
from services.chassis.uploads.refused import UploadRefused, corrupt

#: made directly instead of by Image.open: no other decoder can be reached, whatever the bytes say
_DECODERS: dict[str, type[ImageFile.ImageFile]] = {JPEG: JpegImageFile, PNG: PngImageFile, WEBP: WebPImageFile}
_ENCODERS: dict[str, dict[str, Any]] = {
    JPEG: {"format": "JPEG", "quality": 85},
    PNG: {"format": "PNG", "compress_level": 1},
    WEBP: {"format": "WEBP", "quality": 85, "method": 0},
}
#: a camera's progressive JPEG has about ten scans; each scan of a hostile one costs a pass over all pixels for a few bytes
_MAX_JPEG_SCANS, _MAX_JPEG_SEGMENTS = 64, 10_000
_JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_EOI, _SOS = 0xD9, 0xDA


def reencode(content: bytes, kind: str, max_pixels: int) -> bytes:
    """Re-encode the picture in its own format.

    :raises UploadRefused: corrupt-file, too-many-pixels or animated-picture.
    """
    if kind == WEBP:
        _bound(_webp_size(content), max_pixels)  # its decoder asks for the memory when it is made
    if kind == JPEG:
        _bound_scans(content)
    try:
        with _DECODERS[kind](io.BytesIO(content)) as picture:
            _bound(picture.size, max_pixels)
            if getattr(picture, "n_frames", 1) > 1:
                raise UploadRefused(
                    "animated-picture", vi="Không nhận ảnh động.", en="A moving picture is not accepted; send a still one."
                )
            picture.load()
            with suppress(Exception):  # metadata that cannot be read are dropped like all others
                ImageOps.exif_transpose(picture, in_place=True)
            return _encode(_plain(picture), kind)
    except (UploadRefused, MemoryError):
        raise
    except Exception:
        # the decoders meet hostile bytes with many kinds of error; each means the same: no picture can be had from this
        raise corrupt() from None


def _bound(size: tuple[int, int], max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        raise UploadRefused(
            "too-many-pixels",
            vi=f"Ảnh lớn hơn mức cho phép ({max_pixels / 1e6:.0f} triệu điểm ảnh).",
            en=f"The picture is larger than allowed ({max_pixels / 1e6:.0f} megapixels).",
        )


def _bound_scans(content: bytes) -> None:
    """Bound the number of scans up to the picture's end; what phones append (a short film) does not count."""
    position, scans = 2, 0
    for _ in range(_MAX_JPEG_SEGMENTS):
        found = _JPEG_MARKER.search(content, position)
        if found is None or found[0][1] == _EOI:
            return
        scans += found[0][1] == _SOS
        if scans > _MAX_JPEG_SCANS:
            break
        position = found.end() + int.from_bytes(content[found.end() : found.end() + 2], "big")
    raise corrupt()


def _plain(picture: Image.Image) -> Image.Image:
    """Convert to a mode that all three formats know: grey, RGB or RGBA."""
    if isinstance(picture, JpegImageFile) and picture.mode in ("RGB", "L"):
        return picture  # as it is: a copy of a phone's picture is 48 MB of fresh memory
    if picture.mode in ("1", "L"):
        return picture.convert("L")
    if picture.mode.startswith("I"):  # 16 bits of grey, of which a screen shows the upper half
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    transparent = "A" in picture.mode or "transparency" in picture.info
    return picture.convert("RGBA" if transparent else "RGB")


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
