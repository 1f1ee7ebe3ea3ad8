"""What people send us as files: known by its bytes, bounded before it is decoded, and written anew before it is kept.

    upload = heavy(accept, request.get_data(), allowed=PICTURES, max_bytes=…, max_pixels=…)

Pictures come out upright and with nothing but pixels: where and when and with whose phone they were taken is nobody's
business here. A PDF is kept to the byte, because people sign it, so one that can act or that cannot be read is refused.

Pure and CPU-bound: call it through `bus.heavy`. Needs Pillow, which the services that take files depend on.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from services.chassis import _uploads_pdf
from services.chassis._uploads_refused import UploadRefused, corrupt, refused

__all__ = ["DOCUMENTS", "JPEG", "PDF", "PICTURES", "PNG", "WEBP", "Upload", "UploadRefused", "accept", "sniff"]

JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
WEBP: Final = "image/webp"
PDF: Final = "application/pdf"
PICTURES: Final = (JPEG, PNG, WEBP)
DOCUMENTS: Final = (*PICTURES, PDF)

_NAMES = {JPEG: "JPEG", PNG: "PNG", WEBP: "WebP", PDF: "PDF"}
#: made directly instead of by Image.open: no other decoder can be reached, whatever the bytes say
_DECODERS: dict[str, type[ImageFile.ImageFile]] = {JPEG: JpegImageFile, PNG: PngImageFile, WEBP: WebPImageFile}
#: a camera's progressive JPEG has about ten scans; each scan of a hostile one costs a pass over all pixels for a few bytes
_MAX_JPEG_SCANS = 64
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Upload:
    """A file that may be kept; ``content_type`` is what the bytes are."""

    content: bytes
    content_type: str


def accept(content: bytes, *, allowed: Sequence[str], max_bytes: int, max_pixels: int) -> Upload:
    """The file as it may be kept.

    :param allowed: media types out of ``DOCUMENTS``.
    :param max_pixels: width times height, at most; for pictures.
    :raises UploadRefused: with a ``code`` and a sentence in both languages.
    """
    if not content:
        raise refused("empty-file", vi="Tệp gửi lên không có nội dung.", en="The file is empty.")
    if len(content) > max_bytes:
        raise refused(
            "file-too-large",
            vi=f"Tệp lớn hơn mức cho phép ({_megabytes(max_bytes)} MB).",
            en=f"The file is larger than allowed ({_megabytes(max_bytes)} MB).",
        )
    kind = sniff(content)
    if kind is None or kind not in allowed:
        names = ", ".join(_NAMES[name] for name in DOCUMENTS if name in allowed)
        raise refused(
            "type-not-allowed",
            vi=f"Tệp không đúng định dạng cho phép ({names}).",
            en=f"The file is not of an allowed format ({names}).",
        )
    if kind == PDF:
        _uploads_pdf.check(content)
        return Upload(content, kind)
    return Upload(_anew(content, kind, max_pixels), kind)


def sniff(content: bytes) -> str | None:
    """The media type that the bytes show, out of ``DOCUMENTS``; None for any other."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(b"%PDF-"):
        return PDF
    return None


def _anew(content: bytes, kind: str, max_pixels: int) -> bytes:
    """The same picture, upright, encoded by us from its pixels alone."""
    if kind == WEBP:
        _bound(_webp_size(content), max_pixels)  # its decoder asks for the memory when it is made
    if kind == JPEG and content.count(b"\xff\xda") > _MAX_JPEG_SCANS:
        raise corrupt()
    try:
        with _DECODERS[kind](io.BytesIO(content)) as picture:
            _bound(picture.size, max_pixels)
            if getattr(picture, "n_frames", 1) > 1:
                raise refused(
                    "animated-picture", vi="Không nhận ảnh động.", en="A moving picture is not accepted; send a still one."
                )
            picture.load()
            upright = _turn(_plain(picture), _orientation(picture))
            return _encode(upright, kind)
    except UploadRefused:
        raise
    except Exception:
        # the decoders meet hostile bytes with many kinds of error; each means the same: no picture can be had from this
        raise corrupt() from None


def _bound(size: tuple[int, int], max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        raise refused(
            "too-many-pixels",
            vi=f"Ảnh lớn hơn mức cho phép ({max_pixels / 1e6:.0f} triệu điểm ảnh).",
            en=f"The picture is larger than allowed ({max_pixels / 1e6:.0f} megapixels).",
        )


def _plain(picture: Image.Image) -> Image.Image:
    """Grey or colours, and transparency where there is some: what all three formats know."""
    if picture.mode in ("1", "L"):
        return picture.convert("L")
    if picture.mode.startswith("I"):  # 16 bits of grey, of which a screen shows the upper half
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    transparent = "A" in picture.mode or "transparency" in picture.info
    return picture.convert("RGBA" if transparent else "RGB")


def _orientation(picture: ImageFile.ImageFile) -> int:
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except Exception:
        return 1  # metadata that cannot be read are dropped like all others


def _turn(picture: Image.Image, orientation: int) -> Image.Image:
    return picture.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else picture


def _encode(picture: Image.Image, kind: str) -> bytes:
    picture.info = {}  # the encoders would write comments, profiles and XMP from there
    target = io.BytesIO()
    if kind == JPEG:
        picture.save(target, "JPEG", quality=85)
    elif kind == PNG:
        picture.save(target, "PNG", compress_level=1)
    else:
        picture.save(target, "WEBP", quality=85, method=0)
    return target.getvalue()


def _webp_size(content: bytes) -> tuple[int, int]:
    """Width and height from the first chunk (WebP container specification); a file shorter than it says is refused."""
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


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.1f}".removesuffix(".0")
