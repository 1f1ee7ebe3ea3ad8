"""Find the objects of a PDF as any reader may: wherever the file has `obj`, in whatever order or revision.

A name counts only where it is one: not in a string, a comment or the data of a stream, and with its own end (`/XFAB` is not `/XFA`).
No cross-reference table is believed, because a reader that repairs a file does not believe it either.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from services.chassis.uploads.refused import UploadRefused

_START = re.compile(rb"(?<![A-Za-z])(?:obj|trailer)(?![A-Za-z])")
_END = (b"endobj", b"stream")
_WHITE = rb"\x00\t\n\f\r "
_REGULAR = rb"[^" + _WHITE + rb"()<>\[\]{}/%]"
_TOKEN = re.compile(
    rb"[" + _WHITE + rb"]*(?:(?P<name>/" + _REGULAR + rb"*)|(?P<word>" + _REGULAR + rb"+)|(?P<open><<|\[)|(?P<close>>>|\])"
    rb"|(?P<text>\()|<[^>]*>?|%[^\r\n]*|[)>{}])"
)
_PARENTHESIS = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_DEEPEST = 100
_USUAL_BYTES = 32


class Name(NamedTuple):
    """A name: a key of a dictionary, or a value or an array's item; ``under``: the key that it, or a key's dictionary, stands under."""

    text: bytes
    under: bytes
    is_key: bool
    depth: int


@dataclass
class Found:
    """One object: its names, the first word after each key of its outermost dictionary, and where the data of its stream begin."""

    names: list[Name] = field(default_factory=list)
    words: dict[bytes, bytes] = field(default_factory=dict)
    stream_at: int | None = None

    @property
    def keys(self) -> frozenset[bytes]:
        """Return the keys of the outermost dictionary."""
        return frozenset(name.text for name in self.names if name.is_key and name.depth == 1)

    def values(self, key: bytes) -> list[bytes]:
        """Return the names that stand under a key, in its dictionary or an array there."""
        return [name.text for name in self.names if name.under == key and not name.is_key]


class Allowance:
    """How much of one file may still be looked at, in tokens of usual length: only a file made to cost time needs more."""

    def __init__(self, tokens: int = 500_000) -> None:
        self._left = tokens

    def spend(self, size: int) -> None:
        """Count a token, with what stood before it, of so many bytes. A long one counts as several.

        :raises UploadRefused: pdf-too-complex.
        """
        self._left -= 1 + size // _USUAL_BYTES
        if self._left < 0:
            raise too_complex()


def objects(content: bytes, allowance: Allowance) -> Iterator[Found]:
    """Yield every object and trailer of a file.

    :raises UploadRefused: pdf-too-complex.
    """
    for start in _START.finditer(content):
        reader = _Reader(allowance)
        end = reader.read(content, start.end())
        if reader.ended_by == b"stream":
            reader.found.stream_at = end + (2 if content[end : end + 2] == b"\r\n" else 1)
        yield reader.found


def packed(content: bytes, allowance: Allowance) -> Found:
    """Return all names in the inflated data of an object stream, as of one object.

    :raises UploadRefused: pdf-too-complex.
    """
    reader = _Reader(allowance)
    position = 0
    while position < len(content):
        position = reader.read(content, position)
    return reader.found


def too_complex() -> UploadRefused:
    """Make the refusal of a file with more parts, or deeper ones, than any scanner or word processor writes."""
    return UploadRefused(
        "pdf-too-complex",
        vi="Tệp PDF có quá nhiều thành phần bên trong. Hãy gửi bản quét hoặc ảnh chụp của giấy tờ.",
        en="The PDF has too many parts inside. Send a scan or a photo of the paper.",
    )


def _unescaped(name: bytes) -> bytes:
    """Decode an escaped name as readers do: `/J#61vaScript` is `/JavaScript`."""
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), name) if b"#" in name else name


class _Reader:
    """Reads the tokens of one object. Of each open dictionary and array it knows the key above it, and the key in hand."""

    def __init__(self, allowance: Allowance) -> None:
        self.found = Found()
        self.ended_by = b""
        self._allowance = allowance
        self._open: list[tuple[bool, bytes]] = []
        self._keys: list[bytes] = []

    def read(self, content: bytes, position: int) -> int:
        """Read to the end of the object, and return where that is."""
        while (token := _TOKEN.match(content, position)) is not None:
            self._allowance.spend(token.end() - position)
            position = token.end()
            kind = token.lastgroup
            if kind == "name":
                self._name(_unescaped(token["name"]))
            elif kind == "word":
                if token["word"].startswith(_END):
                    self.ended_by = token["word"][:6]
                    return token.start("word") + 6
                self._word(token["word"])
            elif kind == "open":
                self._begin(is_dictionary=token["open"] == b"<<")
            elif kind == "close" and self._open:
                self._open.pop()
                self._keys.pop()
                self._used()
            else:
                position = self._after_text(content, position) if kind == "text" else position
                self._used()
        self._allowance.spend(len(content) - position)
        return len(content)

    def _name(self, text: bytes) -> None:
        if not self._open:
            return
        is_dictionary, above = self._open[-1]
        is_key = is_dictionary and not self._keys[-1]
        under = above if is_key or not is_dictionary else self._keys[-1]
        self.found.names.append(Name(text, under, is_key, len(self._open)))
        if is_dictionary:
            self._keys[-1] = text if is_key else b""

    def _word(self, text: bytes) -> None:
        if len(self._keys) == 1 and self._keys[0]:
            self.found.words.setdefault(self._keys[0], text)
        self._used()

    def _used(self) -> None:
        """Note that the key in hand has its value. What follows and is no name (the rest of `5 0 R`) belongs to nothing."""
        if self._open and self._open[-1][0]:
            self._keys[-1] = b""

    def _begin(self, *, is_dictionary: bool) -> None:
        if len(self._open) >= _DEEPEST:
            raise too_complex()
        inside, above = self._open[-1] if self._open else (False, b"")
        self._open.append((is_dictionary, self._keys[-1] if inside else above))
        self._keys.append(b"")

    def _after_text(self, content: bytes, position: int) -> int:
        depth = 1
        while depth and (found := _PARENTHESIS.search(content, position)) is not None:
            self._allowance.spend(found.end() - position)
            position = found.end()
            depth += {b"(": 1, b")": -1}.get(found[0], 0)
        return len(content) if depth else position
