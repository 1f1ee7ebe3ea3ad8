"""Refusals of uploaded files."""

from services.chassis.errors import Refused

_STATUS = {"file-too-large": 413, "type-not-allowed": 415}


class UploadRefused(Refused):
    """The file is not accepted: 413 or 415 for its size or format, 422 for what is in it.

    Kinds: empty-file, file-too-large, type-not-allowed, too-many-pixels, animated-picture, corrupt-file, encrypted-pdf,
    active-pdf.
    """

    def __init__(self, kind: str, *, vi: str, en: str) -> None:
        super().__init__(kind, vi=vi, en=en)
        self.status = _STATUS.get(kind, 422)


def corrupt() -> UploadRefused:
    """Make the refusal of a file that is truncated or cannot be read."""
    return UploadRefused(
        "corrupt-file",
        vi="Tệp bị hỏng hoặc chưa tải lên đủ. Hãy chụp hoặc quét lại rồi gửi lại.",
        en="The file is damaged or incomplete. Take or scan it again and send it once more.",
    )
