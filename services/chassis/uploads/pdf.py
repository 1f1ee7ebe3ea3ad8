"""Checks that a PDF is complete, readable by everybody and without active content.

Looks for the names that make a reader run, start or unpack something, in the file itself and in what its streams inflate
to (objects may be packed into streams). No parser is trusted to find objects as a reader would: all bytes are searched.
"""

import re
import zlib
from collections.abc import Iterator

from services.chassis.uploads.refused import UploadRefused, corrupt

_VERSION = re.compile(rb"%PDF-[12]\.\d")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
#: prefixes: /EmbeddedFiles and /JavaScripts are as bad. /XFA and /RichMedia carry scripts of their own
_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFile|RichMedia|XFA)")
_ENCRYPTED = re.compile(rb"/Encrypt")
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_DICTIONARY_REACH = 4096
_PACKED = re.compile(rb"/ObjStm")
_UNREADABLE = re.compile(rb"/(?:ASCIIHexDecode|ASCII85Decode|LZWDecode|RunLengthDecode|Crypt|Predictor)")
_PIECE = 1 << 20
_OVERLAP = 64
_MAX_INFLATED = 128 << 20


def check(content: bytes) -> None:
    """Check that the PDF may be kept.

    :raises UploadRefused: corrupt-file, encrypted-pdf or active-pdf.
    """
    if not _VERSION.match(content) or b"%%EOF" not in content[-1024:] or b"startxref" not in content:
        raise corrupt()
    plain = _unescaped(content)
    if _ENCRYPTED.search(plain):
        raise UploadRefused(
            "encrypted-pdf", vi="Không nhận tệp PDF đặt mật khẩu.", en="A PDF protected by a password is not accepted."
        )
    if _ACTIVE.search(plain):
        raise _active()
    allowance = _MAX_INFLATED
    for found in _STREAM.finditer(content):
        allowance -= _search_stream(content, found, allowance)


def _search_stream(content: bytes, found: re.Match[bytes], allowance: int) -> int:
    """Search an inflated stream for active content; return its size in bytes."""
    head = _unescaped(content[max(0, found.start() - _DICTIONARY_REACH) : found.start()].rpartition(b"obj")[2])
    packed = _PACKED.search(head) is not None
    if packed and _UNREADABLE.search(head):
        raise _active()  # objects behind something that we do not look through
    size, last = 0, b""
    try:
        for piece in _inflated(content, found.end()):
            size += len(piece)
            if size > allowance or _ACTIVE.search(_unescaped(last + piece)):
                raise _active()
            last = piece[-_OVERLAP:]
    except zlib.error:
        if packed and b"FlateDecode" in head:
            raise corrupt() from None
    return size


def _inflated(content: bytes, start: int) -> Iterator[bytes]:
    """Inflate the zlib data at `start` piece by piece.

    :raises zlib.error: where they are no zlib data.
    """
    inflater = zlib.decompressobj()
    view = memoryview(content)
    position = start
    while position < len(content) and not inflater.eof:
        waiting: bytes | memoryview = view[position : position + _PIECE]
        position += _PIECE
        while waiting and not inflater.eof:
            yield inflater.decompress(waiting, _PIECE)
            waiting = inflater.unconsumed_tail


def _unescaped(content: bytes) -> bytes:
    """Decode escaped names as PDF readers do: `/J#61vaScript` is `/JavaScript`."""
    if b"#" not in content:
        return content
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), content)


def _active() -> UploadRefused:
    return UploadRefused(
        "active-pdf",
        vi="Tệp PDF chứa mã lệnh hoặc tệp đính kèm. Hãy gửi bản quét hoặc ảnh chụp của giấy tờ.",
        en="The PDF holds scripts or attached files. Send a plain scan or a photo of the paper.",
    )
