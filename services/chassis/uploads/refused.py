"""Why a file is not taken. Part of `uploads`."""

from __future__ import annotations

from services.chassis.errors import Permanent


class UploadRefused(Permanent):
    """A file that is not taken: ``code`` for programs, ``vi`` and ``en`` for the person who sent it.

    Codes: empty-file, file-too-large, type-not-allowed, too-many-pixels, animated-picture, corrupt-file, encrypted-pdf,
    active-pdf.
    """

    def __init__(self, code: str, *, vi: str, en: str) -> None:
        self.code = code
        self.vi = vi
        self.en = en
        super().__init__(f"{code}: {en}")


def corrupt() -> UploadRefused:
    """A file that is cut off or cannot be read."""
    return UploadRefused(
        "corrupt-file",
        vi="Tệp bị hỏng hoặc chưa tải lên đủ. Hãy chụp hoặc quét lại rồi gửi lại.",
        en="The file is damaged or incomplete. Take or scan it again and send it once more.",
    )
