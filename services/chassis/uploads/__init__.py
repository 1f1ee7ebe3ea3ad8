"""Files that people upload: typed by their bytes, bounded before decoding, and re-encoded before they are kept.

    upload = run_in_thread(accept, request.get_data(), allowed=PICTURES, max_bytes=…, max_pixels=…)

Pictures come out upright and without metadata (place, time, device). A PDF is kept byte for byte, because people sign it, so one
with active content or that cannot be read is refused.

Pure and CPU-bound: call it through `run_in_thread`. Needs Pillow, which the services that take files depend on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.chassis.uploads import pdf
from services.chassis.uploads.picture import JPEG, PNG, WEBP, reencode
from services.chassis.uploads.refused import UploadRefused

__all__ = ["DOCUMENTS", "JPEG", "PDF", "PICTURES", "PNG", "WEBP", "Upload", "UploadRefused", "accept", "sniff"]

PDF: Final = "application/pdf"
PICTURES: Final = (JPEG, PNG, WEBP)
DOCUMENTS: Final = (*PICTURES, PDF)

_NAMES = {JPEG: "JPEG", PNG: "PNG", WEBP: "WebP", PDF: "PDF"}


@dataclass(frozen=True)
class Upload:
    """A file that may be kept; ``content_type`` is what the bytes are."""

    content: bytes
    content_type: str


def accept(content: bytes, *, allowed: Sequence[str], max_bytes: int, max_pixels: int) -> Upload:
    """Check a file and return it as it may be kept.

    :param allowed: media types out of ``DOCUMENTS``.
    :param max_pixels: width times height, at most; for pictures.
    :raises UploadRefused: with its kind and a sentence in both languages.
    """
    if not content:
        raise UploadRefused("empty-file", vi="Tệp gửi lên không có nội dung.", en="The file is empty.")
    if len(content) > max_bytes:
        raise UploadRefused(
            "file-too-large",
            vi=f"Tệp lớn hơn mức cho phép ({_megabytes(max_bytes)} MB).",
            en=f"The file is larger than allowed ({_megabytes(max_bytes)} MB).",
        )
    kind = sniff(content)
    if kind is None or kind not in allowed:
        names = ", ".join(_NAMES[name] for name in DOCUMENTS if name in allowed)
        raise UploadRefused(
            "type-not-allowed",
            vi=f"Tệp không đúng định dạng cho phép ({names}).",
            en=f"The file is not of an allowed format ({names}).",
        )
    if kind == PDF:
        pdf.check(content)
        return Upload(content, kind)
    return Upload(reencode(content, kind, max_pixels), kind)


def sniff(content: bytes) -> str | None:
    """Return the media type that the bytes show, one of ``DOCUMENTS``; None for any other."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    return PDF if content.startswith(b"%PDF-") else None


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.1f}".removesuffix(".0")
