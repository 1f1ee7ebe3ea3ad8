"""Refusals of uploaded files: the same sentences at every door."""

from collections.abc import Sequence
from typing import Any

from services.chassis.errors import Refused
from services.chassis.uploads.formats import DOCUMENTS, NAMES, other_name

_STATUS = {"file-too-large": 413, "type-not-allowed": 415, "form-not-file": 415}


class UploadRefused(Refused):
    """The file is not accepted: 413 or 415 for its size or format, 422 for what is in it.

    Kinds: empty-file, file-too-large, type-not-allowed, form-not-file, too-many-pixels, animated-picture, corrupt-file,
    file-too-complex; of a PDF: encrypted-pdf, xfa-pdf, pdf-too-many-pages, pdf-too-large-inside.
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


def too_complex() -> UploadRefused:
    """Make the refusal of a file that takes more time or memory to read than any honest one, or that crashes its reader."""
    return UploadRefused(
        "file-too-complex",
        vi="Tệp quá phức tạp, hệ thống không đọc được. Hãy chụp ảnh giấy tờ rồi gửi ảnh đó.",
        en="The file is too complex to be read. Take a photo of the paper, and send that.",
    )


def too_many_pixels(width: int, height: int) -> UploadRefused:
    """Make the refusal of a picture that takes more memory to decode than is given to one."""
    return UploadRefused(
        "too-many-pixels",
        vi=f"Ảnh quá lớn để đọc ({width} x {height} điểm ảnh). Hãy chụp lại với độ phân giải thấp hơn, hoặc gửi ảnh JPEG.",
        en=f"The picture is too large to be read ({width} by {height} pixels). Take it at a lower resolution, or send a JPEG.",
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
