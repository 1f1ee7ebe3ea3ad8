"""Files that people upload: typed by their bytes, bounded before decoding, and re-encoded before they are kept.

    upload = run_in_thread(accept, request.get_data(), allowed=PICTURES, max_bytes=…, max_pixels=…)

Pictures come out upright and without metadata (place, time, device). A PDF is kept byte for byte, because people sign it, so one
with active content or that cannot be read is refused.

Pure and CPU-bound: call it through `run_in_thread`. Needs Pillow, which the services that take files depend on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.uploads import pdf
from services.chassis.uploads.formats import DOCUMENTS, JPEG, PDF, PICTURES, PNG, WEBP, begins_after_blank, sniff
from services.chassis.uploads.picture import reencode
from services.chassis.uploads.refused import UploadRefused, not_allowed, too_large

__all__ = ["DOCUMENTS", "JPEG", "PDF", "PICTURES", "PNG", "WEBP", "Upload", "UploadRefused", "accept", "sniff"]


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
        raise too_large(max_bytes)
    kind = sniff(content)
    if kind is None or kind not in allowed:
        raise not_allowed(content, kind, allowed)
    if kind == PDF:
        pdf.check(content)
        return Upload(content, kind)
    return Upload(reencode(content[begins_after_blank(content) :], kind, max_pixels), kind)
