"""Tell the format of a file by its bytes: its name, and the type that its sender declares, prove nothing."""

import re
from typing import Final

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
#: taken, and kept as JPEG
HEIC: Final = "image/heic"
PDF: Final = "application/pdf"
PICTURES: Final = (JPEG, PNG, WEBP)
DOCUMENTS: Final = (*PICTURES, PDF)
NAMES: Final = {JPEG: "JPEG", PNG: "PNG", WEBP: "WebP", HEIC: "HEIC", PDF: "PDF"}

#: readers look for the head of a PDF in this many bytes
PDF_REACH: Final = 1024
#: a byte-order mark, line ends and spaces, which programs on the way put before a file
_BLANK = re.compile(rb"(?:\xef\xbb\xbf)?[\t\n\f\r ]{0,1024}")
_HEIF = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
_OTHERS = (
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"PK\x03\x04", "Word, Excel, ZIP"),
    (b"\xd0\xcf\x11\xe0", "Word, Excel"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"{\\rtf", "RTF"),
    (b"%!PS", "PostScript"),
    (b"<svg", "SVG"),
    (b"<?xml", "XML"),
    (b"<", "HTML"),
)


def sniff(content: bytes) -> str | None:
    """Return the media type that the bytes show, one of ``DOCUMENTS`` or HEIC; None for any other."""
    head = content[begins_after_blank(content) :][:16]
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if _is_heif(content):
        return HEIC
    return PDF if b"%PDF-" in content[: PDF_REACH + 5] else None


def begins_after_blank(content: bytes) -> int:
    """Return how many blank bytes stand before the file itself."""
    found = _BLANK.match(content)
    return found.end() if found else 0


def _is_heif(content: bytes) -> bool:
    """Tell whether it is a picture in HEIC, which iPhones take unless they are told otherwise; AVIF comes in the same container."""
    brands = content[8 : min(int.from_bytes(content[:4], "big"), 256)]
    return content[4:8] == b"ftyp" and content[8:12] in _HEIF and b"avif" not in brands


def other_name(content: bytes) -> str | None:
    """Return the name of a known format that is not accepted; None for an unknown one."""
    if content[4:8] == b"ftyp":
        return "AVIF" if b"avi" in content[8:256] else "MP4"
    head = content[begins_after_blank(content) :][:16]
    return next((name for magic, name in _OTHERS if head.lower().startswith(magic.lower())), None)
