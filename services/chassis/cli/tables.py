"""Header tables as they are: what pika reads of them wrongly, or not at all, is read and written here.

pika cuts fractions off numbers, cannot send them, and breaks the connection over a NaN, a time beyond the year 9999 (a
foreign publisher that counts milliseconds) or a table nested too deeply. One such message in a parking queue would make the
whole queue unreachable for the tool that is there to deal with such messages, and a replay must not change what it sends.
"""

import struct
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pika import data

_DEEPEST = 30
#: the service leaves out what is beyond this, too; a frame takes 128 KiB
_MOST_BYTES = 96 * 1024
_REAL = {b"f": (">f", 4), b"d": (">d", 8)}
_SIZED = (b"F", b"A", b"S")

_pika_decode, _pika_encode = data.decode_value, data.encode_value
_depth = 0


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A value that stays as it came: its kind and its bytes."""

    kind: bytes
    raw: bytes

    @property
    def text(self) -> bytes | None:
        """The bytes of a text that is no UTF-8."""
        return self.raw[4:] if self.kind == b"S" else None

    def __str__(self) -> str:
        if self.kind == b"T":
            return f"a time {struct.unpack('>Q', self.raw)[0]} s after 1970"
        return f"{len(self.raw)} bytes"


def install() -> None:
    """Make pika use these; may be called again."""
    data.decode_value, data.encode_value = decode_value, encode_value


def sendable(headers: dict[Any, Any]) -> tuple[dict[Any, Any], int]:
    """``headers`` as far as they can be written and fit into a frame with the other properties, and how many do not."""
    if _size(headers) <= _MOST_BYTES:
        return headers, 0
    sizes = {name: _size({name: value}) for name, value in headers.items()}
    kept, room = {}, float(_MOST_BYTES)
    # the small ones first: ours, and those of the envelope
    for name in sorted(sizes, key=lambda name: sizes[name]):
        if sizes[name] <= room:
            room -= sizes[name]
            kept[name] = headers[name]
    return kept, len(headers) - len(kept)


def _size(headers: dict[Any, Any]) -> float:
    try:
        return data.encode_table([], headers)
    except Exception:
        # whatever it is that cannot be written
        return float("inf")


def decode_value(encoded: bytes, offset: int) -> tuple[Any, int]:
    """The value at ``offset`` and the place behind it."""
    global _depth
    kind, start = encoded[offset : offset + 1], offset + 1
    if kind in _REAL:
        form, size = _REAL[kind]
        return struct.unpack_from(form, encoded, start)[0], start + size
    if kind == b"T":
        end = start + 8
        with suppress(ValueError, OverflowError, OSError):
            return datetime.fromtimestamp(struct.unpack_from(">Q", encoded, start)[0], UTC), end
        return Verbatim(kind, encoded[start:end]), end
    if kind in _SIZED:
        end = start + 4 + struct.unpack_from(">I", encoded, start)[0]
        if kind == b"S":
            try:
                return encoded[start + 4 : end].decode(), end
            except UnicodeDecodeError:
                return Verbatim(kind, encoded[start:end]), end
        if _depth >= _DEEPEST:
            return Verbatim(kind, encoded[start:end]), end
        _depth += 1
        try:
            return _pika_decode(encoded, offset)
        finally:
            _depth -= 1
    return _pika_decode(encoded, offset)


def encode_value(pieces: list[bytes], value: Any) -> int:
    """Append ``value`` to ``pieces``; its size in bytes."""
    if isinstance(value, Verbatim):
        pieces.append(value.kind + value.raw)
        return 1 + len(value.raw)
    if isinstance(value, float):
        pieces.append(struct.pack(">cd", b"d", value))
        return 9
    return _pika_encode(pieces, value)
