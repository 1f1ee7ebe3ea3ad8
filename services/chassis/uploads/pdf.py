"""Check that a PDF is complete, readable by everybody and without active content. It is kept byte for byte, because people sign it."""

import re
import zlib

from services.chassis.uploads.formats import PDF_REACH
from services.chassis.uploads.pdf_objects import Allowance, Found, objects, packed
from services.chassis.uploads.refused import UploadRefused, corrupt

_VERSION = re.compile(rb"%PDF-[12]\.\d")
#: what mail programs, printers (PJL) and editors leave before the head: lines of text, a byte-order mark; nothing that begins markup
_HARMLESS_HEAD = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\x00\t\n\f\r\x1b\x20-;=-~]*")
_FILL = b"\x00\t\n\f\r "

#: names of what a reader runs, starts or unpacks; XFA and rich media carry scripts of their own
_ACTIVE = frozenset(
    b"/" + name
    for name in (
        b"JavaScript", b"JavaScripts", b"JS", b"Launch", b"XFA", b"EmbeddedFile", b"EmbeddedFiles", b"EF",
        b"RichMedia", b"RichMediaContent", b"RichMediaSettings", b"RichMediaExecute",
    )
)  # fmt: skip


def _written(name: bytes) -> bytes:
    """Return the pattern of a name, each of whose signs may be written as it is or by its number (`/J#61vaScript`)."""
    return b"/" + b"".join(b"(?:%c|#(?i:%02x))" % (sign, sign) for sign in name[1:])


#: bytes without which there is nothing to look for
_SUSPECT = re.compile(b"|".join(map(_written, sorted(_ACTIVE, reverse=True))))
_WORTH_A_LOOK = re.compile(b"|".join([_SUSPECT.pattern, *map(_written, (b"/Encrypt", b"/ObjStm", b"/First"))]))
#: dictionaries whose keys are free names of fonts, pictures and so on, and keys whose value is a free name
_FREE_KEYS = frozenset(
    {b"/Font", b"/XObject", b"/ExtGState", b"/ColorSpace", b"/Pattern", b"/Shading", b"/Properties", b"/CharProcs"}
)
_FREE_VALUES = frozenset({b"/BaseFont", b"/FontName", b"/Name", b"/Differences"})
_MOST_PACKED_BYTES = 32 << 20
_PIECE = 1 << 20


def check(content: bytes) -> None:
    """Check that the PDF may be kept.

    :raises UploadRefused: corrupt-file, encrypted-pdf, active-pdf, pdf-head, pdf-too-complex, packed-pdf, pdf-too-large-inside.
    """
    head = content.find(b"%PDF-")
    if not _HARMLESS_HEAD.fullmatch(content, 0, head):
        raise UploadRefused(
            "pdf-head",
            vi=f"Trước phần PDF có {head} byte không thuộc tệp PDF. Hãy lưu lại tệp từ phần mềm đọc PDF rồi gửi lại.",
            en=f"Before the PDF itself the file has {head} bytes that do not belong to it. Save it anew in a PDF reader, and send that.",
        )
    if (
        not _VERSION.match(content, head)
        or b"%%EOF" not in content.rstrip(_FILL)[-PDF_REACH:]
        or b"startxref" not in content
    ):
        raise corrupt()
    if not _WORTH_A_LOOK.search(content):
        return
    allowance, room = Allowance(), _MOST_PACKED_BYTES
    for found in objects(content, allowance):
        _judge(found)
        if found.stream_at is not None and _is_object_stream(found):
            data = _unpacked(content, found, found.stream_at, room)
            room -= len(data)
            if _SUSPECT.search(data):
                _judge(packed(data, allowance))


def _judge(found: Found) -> None:
    """Refuse an object by the names in it."""
    if b"/Encrypt" in found.keys and found.words.get(b"/Encrypt") != b"null":
        raise UploadRefused(
            "encrypted-pdf", vi="Không nhận tệp PDF đặt mật khẩu.", en="A PDF protected by a password is not accepted."
        )
    if any(name.text in _ACTIVE and name.under not in (_FREE_KEYS if name.is_key else _FREE_VALUES) for name in found.names):
        raise UploadRefused(
            "active-pdf",
            vi="Tệp PDF chứa mã lệnh hoặc tệp đính kèm. Hãy gửi bản quét hoặc ảnh chụp của giấy tờ.",
            en="The PDF holds scripts or attached files. Send a plain scan or a photo of the paper.",
        )


def _is_object_stream(found: Found) -> bool:
    return b"/ObjStm" in found.values(b"/Type") or {b"/N", b"/First"} <= found.keys  # readers look at these, not at the type


def _unpacked(content: bytes, found: Found, start: int, room: int) -> bytes:
    """Return the data of an object stream, inflated; at most ``room`` bytes."""
    filters = found.values(b"/Filter")
    if (
        filters not in ([], [b"/FlateDecode"], [b"/Fl"])
        or b"/Filter" in found.words
        or any(name.text == b"/Predictor" for name in found.names)
    ):
        raise UploadRefused(
            "packed-pdf",
            vi="Tệp PDF được nén theo cách hệ thống không đọc được. Hãy gửi bản quét hoặc ảnh chụp của giấy tờ.",
            en="The PDF is compressed in a way that the system does not read. Send a plain scan or a photo of the paper.",
        )
    if not filters:
        length = found.words.get(b"/Length", b"")
        until = max(content.find(b"endstream", start), start + (int(length) if length.isdigit() and len(length) < 10 else 0))
        return content[start:until]
    try:
        data = zlib.decompressobj().decompress(memoryview(content)[start:], room + 1)
    except zlib.error:
        raise corrupt() from None
    if len(data) > room:
        raise UploadRefused(
            "pdf-too-large-inside",
            vi=f"Nội dung nén trong tệp PDF lớn hơn mức cho phép ({_MOST_PACKED_BYTES >> 20} MB sau khi giải nén).",
            en=f"What the PDF holds compressed is larger than allowed ({_MOST_PACKED_BYTES >> 20} MB unpacked).",
        )
    return data
