"""Refusals of uploaded files: the same sentences at every door."""

from collections.abc import Sequence
from typing import Any

from services.chassis.errors import Refused
from services.chassis.uploads.formats import DOCUMENTS, NAMES, is_heif, other_name

_STATUS = {"file-too-large": 413, "type-not-allowed": 415, "form-not-file": 415}


class UploadRefused(Refused):
    """The file is not accepted: 413 or 415 for its size or format, 422 for what is in it.

    Kinds: empty-file, file-too-large, type-not-allowed, form-not-file, too-many-pixels, animated-picture, corrupt-file; of a PDF:
    encrypted-pdf, active-pdf, packed-pdf, pdf-head, pdf-too-complex, pdf-too-large-inside.
    """

    def __init__(self, kind: str, *, vi: str, en: str, **members: Any) -> None:
        super().__init__(kind, vi=vi, en=en, **members)
        self.status = _STATUS.get(kind, 422)


def corrupt() -> UploadRefused:
    """Make the refusal of a file that is truncated or cannot be read."""
    return UploadRefused(
        "corrupt-file",
        vi="Tệp bị hỏng hoặc chưa tải lên đủ. Hãy chụp hoặc quét lại rồi gửi lại.",
        en="The file is damaged or incomplete. Take or scan it again and send it once more.",
    )


def too_large(max_bytes: int) -> UploadRefused:
    """Make the refusal of a file with more bytes than are allowed."""
    megabytes = f"{max_bytes / 2**20:.1f}".removesuffix(".0")
    return UploadRefused(
        "file-too-large",
        vi=f"Tệp lớn hơn mức cho phép ({megabytes} MB).",
        en=f"The file is larger than allowed ({megabytes} MB).",
        max_bytes=max_bytes,
    )


def not_allowed(content: bytes, kind: str | None, allowed: Sequence[str]) -> UploadRefused:
    """Make the refusal of another format: it names the file's own, where it is known, and those that are allowed."""
    names = ", ".join(NAMES[each] for each in DOCUMENTS if each in allowed)
    own = NAMES.get(kind or "") or other_name(content)
    vi_own, en_own = (f" Tệp này là {own}.", f" This one is {own}.") if own else ("", "")
    if is_heif(content):
        vi_own += " Trên iPhone: Cài đặt, Camera, Định dạng, Tương thích nhất; rồi chụp lại."
        en_own += " On an iPhone: Settings, Camera, Formats, Most Compatible; then take it again."
    return UploadRefused(
        "type-not-allowed",
        vi=f"Tệp không đúng định dạng cho phép ({names}).{vi_own}",
        en=f"The file is not of an allowed format ({names}).{en_own}",
    )


def form_not_file() -> UploadRefused:
    """Make the refusal of a form: the body of the request must be the file itself."""
    return UploadRefused(
        "form-not-file",
        vi="Hãy gửi chính tệp làm nội dung của yêu cầu, không gói trong biểu mẫu (multipart/form-data).",
        en="Send the file itself as the body of the request, not inside a form (multipart/form-data).",
    )
