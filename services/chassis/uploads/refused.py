"""Refusals of uploaded files."""

from __future__ import annotations

from services.chassis.errors import Permanent


class UploadRefused(Permanent):
    """The file is not accepted: ``code`` for programs, ``vi`` and ``en`` for the sender.

    Codes: empty-file, file-too-large, type-not-allowed, too-many-pixels, animated-picture, corrupt-file, encrypted-pdf,
    active-pdf.
    """

    def __init__(self, code: str, *, vi: str, en: str) -> None:
        self.code = code
        self.vi = vi
        self.en = en
        super().__init__(f"{code}: {en}")


def corrupt() -> UploadRefused:
    """Make the refusal of a file that is truncated or cannot be read."""
    return UploadRefused(
        "corrupt-file",
        vi="Tệp bị hỏng hoặc chưa tải lên đủ. Hãy chụp hoặc quét lại rồi gửi lại.",
        en="The file is damaged or incomplete. Take or scan it again and send it once more.",
    )
