"""Read an uploaded file and make the one that is kept. Pure, CPU-bound, for a process of its own (`green/confined.py`)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.uploads import MEMORY_BYTES, pages
from services.chassis.uploads.formats import HEIC, JPEG, PDF, begins_after_blank, sniff
from services.chassis.uploads.picture import redrawn
from services.chassis.uploads.refused import UploadRefused, not_allowed, too_complex, too_large


@dataclass(frozen=True)
class Upload:
    """A file that may be kept; ``content_type`` is what the bytes are."""

    content: bytes
    content_type: str


def accept(
    content: bytes, *, allowed: Sequence[str], max_bytes: int, max_pixels: int, room: Callable[[int], None] = lambda _: None
) -> Upload:
    """Return the file as it may be kept.

    :param allowed: media types out of ``DOCUMENTS``, of what is kept: who allows JPEG takes HEIC.
    :param max_pixels: width times height of a picture that is kept, about; a larger one is made smaller.
    :param room: called before decoding with the bytes of memory that it takes, at most ``MEMORY_BYTES``.
    :raises UploadRefused: with its kind and a sentence in both languages.
    """
    if not content:
        raise UploadRefused("empty-file", vi="Tệp gửi lên không có nội dung.", en="The file is empty.")
    if len(content) > max_bytes:
        raise too_large(max_bytes)
    kind = sniff(content)
    if kind is None or (JPEG if kind == HEIC else kind) not in allowed:
        raise not_allowed(content, kind, allowed)
    try:
        if kind == PDF:
            return Upload(pages.redrawn(content, room), PDF)
        picture, limits = content[begins_after_blank(content) :], {"max_pixels": max_pixels, "max_bytes": max_bytes}
        return Upload(*redrawn(picture, kind, **limits, max_memory=MEMORY_BYTES, room=room))
    except MemoryError:
        raise too_complex() from None


def read(question: dict[str, Any], content: bytes, room: Callable[[int], None]) -> tuple[dict[str, Any], bytes]:
    """Accept a file in a process of its own: return a refusal's members, or the type of the file that may be kept and its bytes."""
    limits = {name: question[name] for name in ("allowed", "max_bytes", "max_pixels")}
    try:
        upload = accept(content, **limits, room=room)
    except UploadRefused as refused:
        return {"refused": {"kind": refused.kind, "vi": refused.vi, "en": refused.en, **refused.members}}, b""
    return {"content_type": upload.content_type}, upload.content
